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
        for _ in 0..<8 {
            slow.line.pace.callEnded(after: .seconds(2))
            other.line.pace.callEnded(after: .milliseconds(20))
        }
        #expect(!accounts.wantJobs)
        clock.advance(by: .seconds(2))
        #expect(recorder.events == [.accountFull(account: "wx1", held: 2)])
        #expect(accounts.wantJobs)
        #expect(room.value == 1)
        let refusal = try #require(accounts.jobBegan(of: slow, bytes: 1))
        #expect(refusal.kind == .rateLimited)
        #expect(refusal.retryable)
        #expect(refusal.message == "account.in.flight.max: 2 jobs of wx1 are held already, which is slow")
        #expect(refusal.retryAt == clock.wallTime + .seconds(10))
        #expect(accounts.jobBegan(of: other, bytes: 1) == nil)
        for _ in 0..<2 { accounts.jobEnded(of: slow, bytes: 1) }
        clock.advance(by: .seconds(1))
        #expect(recorder.events.last == .accountHasRoom(account: "wx1"))
        #expect(accounts.jobBegan(of: slow, bytes: 1) == nil)
    }

    /// What all accounts' calls take is not one's fault.
    @Test func callsNoAccountSlowWhereAllAre() throws {
        let all = (0..<40).map { add("wx\($0)") }
        for account in all {
            for _ in 0..<2 { #expect(accounts.jobBegan(of: account, bytes: 1) == nil) }
            for _ in 0..<8 { account.line.pace.callEnded(after: .seconds(4)) }
        }
        clock.advance(by: .seconds(4))
        #expect(recorder.events == [])
        #expect(all.allSatisfy { $0.share?.isStuck == false })
    }

    /// Of three accounts two are slow; what is usual is what the third needs.
    @Test func comparesWithTheQuickOnesHoweverManyAreSlow() throws {
        let all = (0..<3).map { add("wx\($0)") }
        for account in all {
            for _ in 0..<2 { #expect(accounts.jobBegan(of: account, bytes: 1) == nil) }
        }
        for _ in 0..<8 {
            all[0].line.pace.callEnded(after: .milliseconds(20))
            for slow in all.dropFirst() { slow.line.pace.callEnded(after: .seconds(2)) }
        }
        for _ in 0..<2 {
            accounts.jobEnded(of: all[0], bytes: 1)
            #expect(accounts.jobBegan(of: all[0], bytes: 1) == nil)
            clock.advance(by: .seconds(1))
        }
        #expect(all.map { $0.share?.isStuck } == [false, true, true])
        // And a quick one is not kept from free places for being full.
        #expect(all.map(\.line.isLimited) == [false, true, true])
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

    /// Many jobs came while tokens were waited for. Once they are there, what was held does not count as slow.
    @Test func callsNoAccountSlowForAHoldThatIsOver() async throws {
        let all = (0..<5).map { add("wx\($0)") }
        for account in all {
            let failure = APIFailure.sample(.busy, errcode: -1).delayed(by: .seconds(30), at: clock.wallTime)
            try await putOnHold(account, failure)
            #expect(accounts.jobBegan(of: account, bytes: 1) == nil)
        }
        clock.advance(by: .seconds(1))
        #expect(all.allSatisfy { $0.share?.isStuck == true })
        for account in all { account.gate.tokenArrived() }
        #expect(all.allSatisfy { $0.share?.isStuck == false })
        for account in all { #expect(accounts.jobBegan(of: account, bytes: 1) == nil) }
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
        // One serves one task at a time.
        let interruptions = (0..<20).map { _ in Interruption() }
        let calls = interruptions.map { interruption in
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
                == "account.in.flight.max: 2 jobs of wx1 are held already, which may call no faster now")
        for interruption in interruptions { interruption.interrupt(.everything, cause: .handedOver) }
        await runUntilIdle()
        // None waits any more.
        #expect(accounts.jobBegan(of: limited, bytes: 1) == nil)
    }

    // MARK: Several that are stuck

    /// Together they leave a quarter of the capacity to the others, and each less the more there are.
    @Test func leavesRoomToTheOthersHoweverManyAreStuck() async throws {
        let accounts = accounts(limit: 512, capacity: 1024)
        var held: [Int] = []
        for number in 0..<20 {
            let account = add("stuck\(number)", to: accounts)
            try await putOnHold(account, .sample(.rateLimited, errcode: 45011, .holdAccount))
            var count = 0
            while accounts.jobBegan(of: account, bytes: 1) == nil { count += 1 }
            held.append(count)
        }
        #expect(held.first == 512)
        #expect(held.reduce(0, +) < 768 + 20 * 8)
        #expect(held == held.sorted(by: >))
        // What may end its trouble.
        #expect(held.last == 8)
    }

    /// On hold with `account.hold=answer`, or with a probe due: the gate knows what is best.
    @Test func refusesNothingThatTheGateAnswersOrTriesWith() async throws {
        let answered = add("wx1", mode: .answer)
        add("wx2")
        for _ in 0..<2 { #expect(accounts.jobBegan(of: answered, bytes: 1) == nil) }
        try await putOnHold(answered, .sample(.permission, errcode: 48001, .holdAccount))
        #expect(accounts.jobBegan(of: answered, bytes: 1) == nil)
        let waiting = add("wx3")
        for _ in 0..<2 { #expect(accounts.jobBegan(of: waiting, bytes: 1) == nil) }
        try await putOnHold(waiting, .sample(.permission, errcode: 48001, .holdAccount))
        #expect(accounts.jobBegan(of: waiting, bytes: 1) != nil)
        clock.advance(by: .seconds(31))
        #expect(accounts.jobBegan(of: waiting, bytes: 1) == nil)
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

    /// A token service that is down is every account's trouble. Then nothing is gained by refusing jobs for the sum.
    @Test func refusesNothingForTheSumWhileAllWaitForWeChat() async throws {
        let accounts = accounts(limit: 512, capacity: 1024)
        for account in (0..<4).map({ add("wx\($0)", to: accounts) }) {
            try await putOnHold(account, .sample(.busy, errcode: -1, .holdAccount))
            for _ in 0..<256 { #expect(accounts.jobBegan(of: account, bytes: 1) == nil) }
            clock.advance(by: .seconds(1))
        }
    }

    @Test func callsNoAccountSlowWhileCallsAreHeld() {
        let account = add("wx1")
        for _ in 0..<2 { #expect(accounts.jobBegan(of: account, bytes: 1) == nil) }
        accounts.areCallsHeld = true
        clock.advance(by: .seconds(60))
        #expect(recorder.events == [])
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

    @discardableResult
    private func add(
        _ name: String, mode: HoldMode = .wait, rate: CallRate? = nil, to accounts: Accounts? = nil
    ) -> Account {
        let gate = AccountGate(
            account: name, policy: HoldPolicy(mode: mode), rate: rate, concurrency: 8, clock: clock,
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
