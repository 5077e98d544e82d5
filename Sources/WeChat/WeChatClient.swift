package import EventLoop
internal import HTTP

/// WeChat's API for a set of accounts: calls with retries, tokens that are always there. Everything runs on the loop.
///
/// Life cycle: `start()` begins to fetch the accounts' tokens; `close()` ends it, after the jobs have ended.
@EventLoopActor
package final class WeChatClient {
    private let chain: CallChain<FailureJudge>
    private let providers: [String: TokenProvider]
    private let usability: AccountUsability
    private let limit: CallLimit
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
        let tokenLimit = CallLimit(Self.tokenConcurrency)
        let usability = AccountUsability()
        self.usability = usability
        self.holdTransport = holdTransport
        self.closeTransport = closeTransport
        var providers: [String: TokenProvider] = [:]
        for (account, credentials) in configuration.accounts {
            let fetcher = StableTokenFetcher(
                account: account, credentials: credentials, baseURL: configuration.baseURL,
                timeout: configuration.timeout, limit: tokenLimit, transport: transport, judge: judge)
            providers[account] = TokenProvider(
                account: account, fetcher: fetcher, clock: clock, random: random, events: events,
                becameUsable: { usability.announce() })
        }
        self.providers = providers
        let limit = CallLimit(configuration.concurrency)
        self.limit = limit
        chain = .chain(
            to: FailureJudge(
                baseURL: configuration.baseURL, timeout: configuration.timeout, transport: transport, judge: judge),
            retry: configuration.retry, limit: limit, clock: clock, random: random,
            events: events)
    }

    /// Begins to fetch the accounts' tokens, and keeps them fresh from then on.
    package func start() {
        for provider in providers.values { provider.start() }
    }

    /// Ends whatever is still under way as interrupted.
    package func close() {
        for provider in providers.values { provider.close() }
        closeTransport()
    }

    package func applyCodeQuery(
        _ query: ApplyCodeQuery, account: String, context: CallContext
    ) async -> Result<ApplyCodeQueryResult, APIError> {
        guard let tokens = providers[account] else { return .failure(.failed(.unknownAccount(account))) }
        do {
            switch try await chain.handle(APICall(.applyCodeQuery(query), tokens: tokens, context: context)) {
            case .applyCodeQuery(let result): return .success(result)
            }
        } catch { return .failure(error) }
    }

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
        while !providers.values.contains(where: { $0.isUsable }) { try await usability.wait(under: interruption) }
    }

    /// In order of the accounts' names.
    package var tokenStatus: [TokenStatus] {
        providers.values.map { $0.status }.sorted { $0.account < $1.account }
    }
}
