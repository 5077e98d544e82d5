package import EventLoop
internal import HTTP

/// WeChat's API for a set of accounts: calls with retries, tokens that are always there. Everything runs on the loop.
///
/// Life cycle: `start()` begins to fetch the accounts' tokens; `close()` ends it, after the jobs have ended.
@EventLoopActor
package final class WeChatClient {
    private let chain: CallChain<FailureJudge>
    private let accounts: Accounts
    private let breaker: HostBreaker
    private let usability: AccountUsability
    private let limit: CallLimit
    private let demand: Demand
    private let holdTransport: @EventLoopActor (Bool) -> Void
    private let closeTransport: @EventLoopActor () -> Void

    /// Token calls under way at once. Few: one per account and hour or two is the rule.
    private static let tokenConcurrency = 8

    package convenience init(
        configuration: WeChatConfiguration, clock: any LoopClock, random: any RandomNumberGenerator & Sendable,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void
    ) {
        let http = HTTPClient(
            configuration: HTTPClientConfiguration(
                proxy: configuration.proxy, caFile: configuration.caFile, connectTimeout: configuration.connectTimeout,
                maxConnections: configuration.concurrency + Self.tokenConcurrency,
                maxLargeBodies: configuration.maxLargeAnswers))
        self.init(
            configuration: configuration, transport: http, clock: clock, random: random, events: events,
            holdTransport: { http.holdsLargeBodies = $0 }, closeTransport: { http.close() })
    }

    init(
        configuration: WeChatConfiguration, transport: any Transport, clock: any LoopClock,
        random: any RandomNumberGenerator & Sendable, events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        holdTransport: @escaping @EventLoopActor (Bool) -> Void = { _ in },
        closeTransport: @escaping @EventLoopActor () -> Void = {}
    ) {
        let random = LoopRandom(random)
        let judge = AnswerJudge(clock: clock)
        let usability = AccountUsability()
        let demand = Demand()
        let breaker = HostBreaker(clock: clock, concurrency: configuration.concurrency, events: events) {
            demand.returned()
        }
        let accounts = Accounts(clock: clock, breaker: breaker, events: events) { demand.returned() }
        breaker.onClose = { [weak accounts] in
            for account in accounts?.all ?? [] { account.tokens.hostIsBack() }
        }
        let watched = WatchedTransport(transport: transport, breaker: breaker)
        let tokenLimit = CallLimit(Self.tokenConcurrency)
        for (name, credentials) in configuration.accounts {
            let gate = AccountGate(
                account: name, policy: HoldPolicy(mode: configuration.hold, quotaReset: configuration.quotaReset),
                rate: configuration.rates[name], concurrency: configuration.concurrency, clock: clock, random: random,
                events: events, onWanted: { demand.returned() })
            let fetcher = StableTokenFetcher(
                account: name, credentials: credentials, baseURL: configuration.baseURL,
                timeout: configuration.timeout, limit: tokenLimit, transport: watched, judge: judge)
            let tokens = TokenProvider(
                account: name, fetcher: fetcher, clock: clock, random: random, events: events,
                becameUsable: {
                    usability.announce()
                    gate.tokenArrived()
                })
            accounts.add(Account(name: name, tokens: tokens, gate: gate, shareLimit: configuration.accountShare))
        }
        self.usability = usability
        self.holdTransport = holdTransport
        self.closeTransport = closeTransport
        self.accounts = accounts
        self.breaker = breaker
        self.demand = demand
        let limit = CallLimit(configuration.concurrency)
        self.limit = limit
        chain = .chain(
            to: FailureJudge(
                baseURL: configuration.baseURL, timeout: configuration.timeout, transport: watched, judge: judge),
            retries: Retries(
                policy: configuration.retry, breaker: breaker, clock: clock, random: random, events: events),
            breaker: breaker, limit: limit, clock: clock)
    }

    /// Begins to fetch the accounts' tokens, and keeps them fresh from then on.
    package func start() {
        for account in accounts.all { account.tokens.start() }
    }

    /// Ends whatever is still under way as interrupted.
    package func close() {
        for account in accounts.all { account.tokens.close() }
        accounts.close()
        closeTransport()
    }

    package func applyCodeQuery(
        _ query: ApplyCodeQuery, account: String, context: CallContext
    ) async -> Result<ApplyCodeQueryResult, APIError> {
        guard let account = accounts[account] else { return .failure(.failed(.unknownAccount(account))) }
        if let refusal = accounts.jobBegan(of: account) { return .failure(.failed(refusal)) }
        defer { accounts.jobEnded(of: account) }
        do {
            switch try await chain.handle(APICall(.applyCodeQuery(query), account: account, context: context)) {
            case .applyCodeQuery(let result): return .success(result)
            }
        } catch { return .failure(error) }
    }

    /// More jobs would only wait: WeChat cannot be reached, the only account is on hold, or one account of several has all
    /// that it may hold. A job that a probe needs is wanted all the same.
    package var wantsJobs: Bool { breaker.wantsJobs && accounts.wantJobs }

    /// Called when `wantsJobs` may have become true.
    package var onWantsJobs: (@EventLoopActor () -> Void)? {
        get { demand.onReturn }
        set { demand.onReturn = newValue }
    }

    /// A hold or an outage explains that jobs make no progress.
    package var isHeldUp: Bool { breaker.isTripped || accounts.all.contains { $0.gate.hold != nil } }

    /// While true no job's call begins, and no large answer is taken: who keeps the answers has no room. What else is
    /// under way goes on, and tokens are fetched as ever.
    package var holdsCalls = false {
        didSet {
            guard holdsCalls != oldValue else { return }
            limit.isHeld = holdsCalls
            holdTransport(holdsCalls)
        }
    }

    /// Ends when at least one account has a token to call with; at once, if one has.
    package func waitUntilAnyAccountIsUsable(under interruption: Interruption) async throws(Interrupted) {
        while !accounts.all.contains(where: { $0.tokens.isUsable }) { try await usability.wait(under: interruption) }
    }

    /// In order of the accounts' names.
    package var tokenStatus: [TokenStatus] {
        accounts.all.map { $0.tokens.status }
    }
}

/// Tells whoever takes jobs that they are wanted again.
@EventLoopActor
private final class Demand {
    var onReturn: (@EventLoopActor () -> Void)?

    func returned() { onReturn?() }
}
