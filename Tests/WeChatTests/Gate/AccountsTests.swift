import EventLoop
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct AccountsTests {
    private let clock = ManualClock()
    private let recorder = EventRecorder()
    private let room = Count()
    private let breaker: HostBreaker
    private let accounts: Accounts

    private final class Count {
        var value = 0
    }

    init() {
        let (recorder, room) = (recorder, room)
        breaker = .sample(on: clock)
        accounts = Accounts(
            clock: clock, breaker: breaker, events: { recorder.record($0) }, onRoom: { room.value += 1 })
    }

    @Test func wantsNoJobsWhileAnAccountIsFullUntilItHasRoom() throws {
        let quick = add("wx1", limit: 2)
        add("wx2", limit: 2)
        #expect(accounts.jobBegan(of: quick) == nil)
        #expect(accounts.wantJobs)
        #expect(accounts.jobBegan(of: quick) == nil)
        #expect(!accounts.wantJobs)
        accounts.jobEnded(of: quick)
        #expect(accounts.wantJobs)
        #expect(room.value == 1)
        #expect(recorder.events == [])
        // The ticks end when they are not needed any more.
        clock.advance(by: .seconds(1))
        #expect(clock.pendingDelays == [])
    }

    @Test func refusesTheJobsOfASlowAccountAndWantsThoseOfTheOthers() throws {
        let slow = add("wx1", limit: 2)
        let other = add("wx2", limit: 2)
        for _ in 0..<2 { #expect(accounts.jobBegan(of: slow) == nil) }
        clock.advance(by: .seconds(2))
        #expect(recorder.events == [.accountSlow(account: "wx1", held: 2)])
        #expect(accounts.wantJobs)
        #expect(room.value == 1)
        let refusal = try #require(accounts.jobBegan(of: slow))
        #expect(refusal.kind == .rateLimited)
        #expect(refusal.retryable)
        #expect(refusal.message == "account.in.flight.max: 2 jobs of wx1 are held already, which is slow")
        #expect(refusal.retryAt == clock.wallTime + .seconds(10))
        #expect(accounts.jobBegan(of: other) == nil)
        for _ in 0..<2 { accounts.jobEnded(of: slow) }
        #expect(recorder.events.last == .accountQuick(account: "wx1"))
        #expect(accounts.jobBegan(of: slow) == nil)
    }

    @Test func saysWhyAnAccountOnHoldTakesNoMoreJobsAndWhenItMay() async throws {
        let held = add("wx1", limit: 1)
        add("wx2", limit: 1)
        #expect(accounts.jobBegan(of: held) == nil)
        try await putOnHold(held, .sample(.credentials, errcode: 40125, .holdAccount))
        clock.advance(by: .seconds(1))
        let refusal = try #require(accounts.jobBegan(of: held))
        #expect(
            refusal.message
                == "account.in.flight.max: 1 jobs of wx1 are held already, which is on hold: credentials")
        #expect(refusal.retryAt == clock.wallTime + .seconds(29))
    }

    /// An outage keeps the jobs of a full account from ending. Once it is over they are not refused for that.
    @Test func callsNoAccountSlowForAnOutage() {
        let account = add("wx1", limit: 2)
        add("wx2", limit: 2)
        for _ in 0..<HostBreaker.threshold { breaker.exchangeFailed("gone", begunAfter: 0) }
        for _ in 0..<2 { #expect(accounts.jobBegan(of: account) == nil) }
        clock.advance(by: .seconds(60))
        breaker.exchangeSucceeded()
        #expect(accounts.jobBegan(of: account) == nil)
        #expect(recorder.events == [])
    }

    @Test func wantsNoJobsOfAnOnlyAccountOnHoldButOneToProbe() async throws {
        let only = add("wx1", limit: nil)
        #expect(accounts.wantJobs)
        try await putOnHold(only, .sample(.credentials, errcode: 40125, .holdAccount))
        #expect(!accounts.wantJobs)
        clock.advance(by: .seconds(30))
        #expect(accounts.wantJobs)
        #expect(accounts.jobBegan(of: only) == nil)
    }

    @Test func wantsJobsAlthoughOneAccountOfSeveralIsOnHold() async throws {
        let held = add("wx1", limit: 1)
        add("wx2", limit: 1)
        try await putOnHold(held, .sample(.credentials, errcode: 40125, .holdAccount))
        #expect(accounts.wantJobs)
    }

    @Test func stopsLookingWhenItIsClosed() {
        let account = add("wx1", limit: 1)
        #expect(accounts.jobBegan(of: account) == nil)
        accounts.close()
        #expect(clock.pendingDelays == [])
    }

    @discardableResult
    private func add(_ name: String, limit: Int?) -> Account {
        let gate = AccountGate(
            account: name, policy: HoldPolicy(mode: .wait), rate: nil, concurrency: 8, clock: clock,
            random: LoopRandom(FixedGenerator.zero), events: { _ in }, onWanted: {})
        let tokens = TokenProvider(
            account: name, fetcher: ScriptedFetcher(), clock: clock, random: LoopRandom(FixedGenerator.zero),
            events: { _ in }, becameUsable: {})
        let account = Account(name: name, tokens: tokens, gate: gate, shareLimit: limit)
        accounts.add(account)
        return account
    }

    private func putOnHold(_ account: Account, _ failure: APIFailure) async throws {
        let pass = try await account.gate.enter(.sample(on: clock))
        _ = account.gate.failed(pass, failure)
    }
}
