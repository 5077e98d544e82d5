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

    private static let limit = JobLoad(jobs: 2, bytes: 1000)

    private final class Count {
        var value = 0
    }

    init() {
        let (recorder, room) = (recorder, room)
        breaker = .sample(on: clock)
        accounts = Accounts(
            stuck: StuckJobs(limit: Self.limit, capacity: JobLoad(jobs: 4, bytes: 2000)), clock: clock,
            breaker: breaker, events: { recorder.record($0) }, onRoom: { room.value += 1 })
    }

    @Test func wantsNoJobsWhileAnAccountIsFullUntilItHasRoom() throws {
        let quick = add("wx1")
        add("wx2")
        #expect(accounts.jobBegan(of: quick, bytes: 1) == nil)
        #expect(accounts.wantJobs)
        #expect(accounts.jobBegan(of: quick, bytes: 1) == nil)
        #expect(!accounts.wantJobs)
        accounts.jobEnded(of: quick, bytes: 1)
        #expect(accounts.wantJobs)
        #expect(room.value == 1)
        #expect(recorder.events == [])
        // The ticks end when they are not needed any more.
        accounts.jobEnded(of: quick, bytes: 1)
        clock.advance(by: .seconds(1))
        #expect(clock.pendingDelays == [])
    }

    @Test func refusesTheJobsOfASlowAccountAndWantsThoseOfTheOthers() throws {
        let slow = add("wx1")
        let other = add("wx2")
        for _ in 0..<2 { #expect(accounts.jobBegan(of: slow, bytes: 1) == nil) }
        clock.advance(by: .seconds(2))
        #expect(recorder.events == [.accountSlow(account: "wx1", held: 2)])
        #expect(accounts.wantJobs)
        #expect(room.value == 1)
        let refusal = try #require(accounts.jobBegan(of: slow, bytes: 1))
        #expect(refusal.kind == .rateLimited)
        #expect(refusal.retryable)
        #expect(refusal.message == "account.in.flight.max: 2 jobs of wx1 are held already, which is slow")
        #expect(refusal.retryAt == clock.wallTime + .seconds(10))
        #expect(accounts.jobBegan(of: other, bytes: 1) == nil)
        for _ in 0..<2 { accounts.jobEnded(of: slow, bytes: 1) }
        #expect(accounts.jobBegan(of: slow, bytes: 1) == nil)
        clock.advance(by: .seconds(1))
        #expect(recorder.events.last == .accountQuick(account: "wx1"))
    }

    @Test func saysWhyAnAccountOnHoldTakesNoMoreJobsAndWhenItMay() async throws {
        let held = add("wx1")
        add("wx2")
        for _ in 0..<2 { #expect(accounts.jobBegan(of: held, bytes: 1) == nil) }
        try await putOnHold(held, .sample(.credentials, errcode: 40125, .holdAccount))
        clock.advance(by: .seconds(1))
        let refusal = try #require(accounts.jobBegan(of: held, bytes: 1))
        #expect(
            refusal.message
                == "account.in.flight.max: 2 jobs of wx1 are held already, which is on hold: credentials")
        #expect(refusal.retryAt == clock.wallTime + .seconds(29))
    }

    /// An outage keeps the jobs of a full account from ending. Once it is over they are not refused for that.
    @Test func callsNoAccountSlowForAnOutage() {
        let account = add("wx1")
        add("wx2")
        for _ in 0..<HostBreaker.threshold { breaker.exchangeFailed("gone", begunAfter: 0) }
        for _ in 0..<2 { #expect(accounts.jobBegan(of: account, bytes: 1) == nil) }
        clock.advance(by: .seconds(60))
        breaker.exchangeSucceeded()
        #expect(accounts.jobBegan(of: account, bytes: 1) == nil)
        #expect(recorder.events == [])
    }

    @Test func wantsNoJobsOfAnOnlyAccountOnHoldButOneToProbe() async throws {
        let accounts = Accounts(stuck: nil, clock: clock, breaker: breaker, events: { _ in }, onRoom: {})
        let only = add("wx1", to: accounts)
        #expect(accounts.wantJobs)
        try await putOnHold(only, .sample(.credentials, errcode: 40125, .holdAccount))
        #expect(!accounts.wantJobs)
        clock.advance(by: .seconds(30))
        #expect(accounts.wantJobs)
        #expect(accounts.jobBegan(of: only, bytes: 1) == nil)
    }

    @Test func wantsJobsAlthoughOneAccountOfSeveralIsOnHold() async throws {
        let held = add("wx1")
        add("wx2")
        try await putOnHold(held, .sample(.credentials, errcode: 40125, .holdAccount))
        #expect(accounts.wantJobs)
    }

    @Test func stopsLookingWhenItIsClosed() {
        let account = add("wx1")
        #expect(accounts.jobBegan(of: account, bytes: 1) == nil)
        #expect(accounts.jobBegan(of: account, bytes: 1) == nil)
        #expect(clock.pendingDelays != [])
        accounts.close()
        #expect(clock.pendingDelays == [])
    }

    /// Its calls would come faster than its rate: it is no faster for holding more.
    @Test func refusesTheJobsOfAnAccountThatHasReachedItsRate() async throws {
        let limited = add("wx1", rate: CallRate(calls: 1, per: .seconds(60)))
        let interruption = Interruption()
        let calls = (0..<20).map { _ in
            LoopTask { [clock] in
                let context = CallContext.sample(on: clock, interruption: interruption)
                _ = try? await limited.gate.enter(context)
            }
        }
        await runUntilIdle()
        #expect(calls.contains { $0.value != nil } && calls.contains { $0.value == nil })
        for _ in 0..<2 { #expect(accounts.jobBegan(of: limited, bytes: 1) == nil) }
        #expect(accounts.wantJobs)
        let refusal = try #require(accounts.jobBegan(of: limited, bytes: 1))
        #expect(
            refusal.message
                == "account.in.flight.max: 2 jobs of wx1 are held already, which has reached its rate")
        interruption.interrupt(.everything, cause: .handedOver)
        await runUntilIdle()
    }

    // MARK: Several that are stuck

    /// Together they leave a quarter of the capacity to the others, and each less the more there are.
    @Test func leavesRoomToTheOthersHoweverManyAreStuck() async throws {
        let accounts = accounts(limit: 512, capacity: 1024)
        let quick = add("quick", to: accounts)
        let stuck = (0..<5).map { add("stuck\($0)", to: accounts) }
        for account in stuck { try await putOnHold(account, .sample(.rateLimited, errcode: 45011, .holdAccount)) }
        var held: [Int] = []
        for account in stuck {
            var count = 0
            while accounts.jobBegan(of: account, bytes: 1) == nil {
                count += 1
                if count % 50 == 0 { try pass(quick, of: accounts) }
            }
            held.append(count)
            try pass(quick, of: accounts)
        }
        #expect(held.first == 512)
        #expect(held.reduce(0, +) <= 768)
        #expect(held.dropFirst().allSatisfy { $0 > 0 })
        #expect(held == held.sorted(by: >))
    }

    @Test func countsBytesToo() async throws {
        let accounts = accounts(limit: 512, capacity: 1024)
        let quick = add("quick", to: accounts)
        let stuck = add("wx1", to: accounts)
        try await putOnHold(stuck, .sample(.rateLimited, errcode: 45011, .holdAccount))
        #expect(accounts.jobBegan(of: stuck, bytes: 500_000) == nil)
        #expect(accounts.jobBegan(of: stuck, bytes: 12_000) == nil)
        #expect(accounts.jobBegan(of: stuck, bytes: 1) != nil)
        #expect(accounts.jobBegan(of: quick, bytes: 1) == nil)
    }

    /// A token service that is down is every account's trouble. Then nothing is gained by refusing jobs.
    @Test func refusesNothingForTheSumWhileAllAreStuck() async throws {
        let accounts = accounts(limit: 512, capacity: 1024)
        let all = (0..<4).map { add("wx\($0)", to: accounts) }
        for account in all {
            try await putOnHold(account, .sample(.busy, errcode: -1, .holdAccount))
            for _ in 0..<256 { #expect(accounts.jobBegan(of: account, bytes: 1) == nil) }
            clock.advance(by: .seconds(1))
        }
    }

    /// Jobs of appids of which nobody can tell whether they are accounts.
    @Test func boundsTheJobsOfStrangersWhileNobodyCanTellAboutThem() throws {
        for _ in 0..<3 { #expect(accounts.strangerBegan(bytes: 1, isHeldUp: false) == nil) }
        let refusal = try #require(accounts.strangerBegan(bytes: 1, isHeldUp: true))
        #expect(refusal.kind == .rateLimited)
        for _ in 0..<2 { accounts.strangerEnded(bytes: 1) }
        #expect(accounts.strangerBegan(bytes: 1, isHeldUp: true) == nil)
    }

    private func accounts(limit: Int, capacity: Int) -> Accounts {
        Accounts(
            stuck: StuckJobs(
                limit: JobLoad(jobs: limit, bytes: limit * 1000),
                capacity: JobLoad(jobs: capacity, bytes: capacity * 1000)),
            clock: clock, breaker: breaker, events: { _ in }, onRoom: {})
    }

    /// A job of an account that is not stuck, and a second.
    private func pass(_ account: Account, of accounts: Accounts) throws {
        #expect(accounts.jobBegan(of: account, bytes: 1) == nil)
        accounts.jobEnded(of: account, bytes: 1)
        clock.advance(by: .seconds(1))
    }

    @discardableResult
    private func add(
        _ name: String, rate: CallRate? = nil, to accounts: Accounts? = nil
    ) -> Account {
        let gate = AccountGate(
            account: name, policy: HoldPolicy(mode: .wait), rate: rate, concurrency: 8, clock: clock,
            random: LoopRandom(FixedGenerator.zero), events: { _ in }, onWanted: {})
        let tokens = TokenProvider(
            appID: name, fetcher: ScriptedFetcher(), clock: clock, random: LoopRandom(FixedGenerator.zero),
            events: { _ in }, becameUsable: {})
        let account = Account(name: name, tokens: tokens, gate: gate)
        (accounts ?? self.accounts).add(account)
        return account
    }

    private func putOnHold(_ account: Account, _ failure: APIFailure) async throws {
        let pass = try await account.gate.enter(.sample(on: clock))
        _ = account.gate.failed(pass, failure)
    }
}
