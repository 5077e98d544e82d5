import EventLoop
import TestSupport
import Testing

@testable import WeChat

/// The assembled chain, with its clock, its tokens and its wire in the test's hands.
@EventLoopActor
final class CallChainFixture {
    let clock = ManualClock()
    let recorder = EventRecorder()
    let wire = HeldWire()
    let breaker: HostBreaker
    let limit: CallLimit
    let accounts: [String: Account]
    let fetchers: [String: ScriptedFetcher]
    /// How often jobs were said to be wanted again.
    private(set) var wanted = 0
    private let chain: CallChain<FailureJudge<WatchedTransport>>

    init(
        accounts names: [String] = ["wx1"], concurrency: Int = 8, hold: HoldMode = .wait, rate: CallRate? = nil,
        retry: RetryPolicy = RetryPolicy(attempts: 3)
    ) {
        let (clock, recorder) = (clock, recorder)
        let random = LoopRandom(FixedGenerator.one)
        let wanting = Wanting()
        let breaker = HostBreaker(
            clock: clock, concurrency: concurrency, events: { recorder.record($0) }, onWanted: { wanting.action?() })
        var (accounts, fetchers) = ([String: Account](), [String: ScriptedFetcher]())
        for name in names {
            let gate = AccountGate(
                account: name, policy: HoldPolicy(mode: hold), rate: rate, concurrency: concurrency, clock: clock,
                random: random, events: { recorder.record($0) }, onWanted: { wanting.action?() })
            let fetcher = ScriptedFetcher()
            let tokens = TokenProvider(
                appID: name, fetcher: fetcher, clock: clock, random: random, events: { recorder.record($0) },
                becameUsable: { gate.tokenArrived() })
            accounts[name] = Account(name: name, tokens: tokens, gate: gate)
            fetchers[name] = fetcher
        }
        self.breaker = breaker
        self.accounts = accounts
        self.fetchers = fetchers
        limit = CallLimit(concurrency)
        chain = .chain(
            to: FailureJudge(
                baseURL: "https://api.example", timeout: .seconds(5),
                transport: WatchedTransport(transport: wire, breaker: breaker), judge: AnswerJudge(clock: clock)),
            retries: Retries(
                policy: retry, breaker: breaker, clock: clock, random: random, events: { recorder.record($0) }),
            breaker: breaker, limit: limit, clock: clock)
        wanting.action = { [weak self] in self?.wanted += 1 }
    }

    private final class Wanting {
        var action: (@EventLoopActor () -> Void)?
    }

    func close() {
        for account in accounts.values { account.tokens.close() }
    }

    /// The account holds `token`, fetched just now.
    func hold(_ token: String, account: String = "wx1") async {
        accounts[account]?.tokens.start()
        await fetchers[account]?.succeed(token)
    }

    /// A job on its way through the chain.
    @EventLoopActor
    final class Job {
        let context: CallContext
        let task: LoopTask<Result<APIAnswer, APIError>>

        init(_ context: CallContext, _ task: LoopTask<Result<APIAnswer, APIError>>) {
            self.context = context
            self.task = task
        }

        var value: Result<APIAnswer, APIError>? { task.value }

        var failure: APIFailure? {
            guard case .failure(.failed(let failure)) = value else { return nil }
            return failure
        }

        var hasFinished: Bool { (try? value?.get()) != nil }
    }

    func start(
        account: String = "wx1", timeout: Duration = .seconds(60), isFixed: Bool = false
    ) throws -> Job {
        let account = try #require(accounts[account])
        let context = CallContext(jobID: "job-1", limit: timeout, isFixed: isFixed, clock: clock)
        let call = APICall(.applyCodeQuery(.sample), account: account, context: context)
        let chain = chain
        let task = LoopTask {
            context.begin()
            let outcome = await chain.outcome(of: call)
            context.end()
            return outcome
        }
        return Job(context, task)
    }

    func start(_ count: Int, account: String = "wx1") throws -> [Job] {
        try (0..<count).map { _ in try start(account: account) }
    }

    /// Trips the breaker with as many jobs as it takes, which wait from then on; one more would be a probe.
    func tripBreaker() async throws -> [Job] {
        let jobs = try start(HostBreaker.threshold)
        await runUntilIdle()
        let calls = wire.requests.count
        wire.end(calls - jobs.count..<calls, .refused)
        await runUntilIdle()
        #expect(breaker.isTripped)
        return jobs
    }

    /// Lets time pass, once all has happened that was to happen before.
    func pass(_ duration: Duration) async {
        await runUntilIdle()
        clock.advance(by: duration)
        await runUntilIdle()
    }
}
