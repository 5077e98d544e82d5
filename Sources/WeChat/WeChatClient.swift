package import EventLoop
internal import HTTP

/// WeChat's API for a set of accounts: calls with retries, tokens that are always there. Everything runs on the loop.
///
/// Life cycle: `start()` opens the credential store, where one is needed, and begins to fetch the accounts' tokens;
/// `close()` ends it, after the jobs have ended.
@EventLoopActor
package final class WeChatClient {
    private let chain: CallChain<FailureJudge>
    let providers: TokenProviders
    private let usability: AccountUsability
    private let limit: CallLimit
    private let holdTransport: @EventLoopActor (Bool) -> Void
    private let closeTransport: @EventLoopActor () -> Void

    /// - Parameter store: for modes that share their tokens, or what these come from, with other instances.
    package convenience init(
        configuration: WeChatConfiguration, store: (any CredentialStore)? = nil, clock: any LoopClock,
        random: any RandomNumberGenerator & Sendable, events: @escaping @EventLoopActor (WeChatEvent) -> Void
    ) {
        let http = HTTPClient(
            configuration: HTTPClientConfiguration(
                proxy: configuration.proxy, caFile: configuration.caFile, connectTimeout: configuration.connectTimeout,
                maxConnections: configuration.concurrency + TokenProviders.concurrency,
                maxLargeBodies: configuration.maxLargeAnswers))
        self.init(
            configuration: configuration, store: store, transport: http, clock: clock, random: random, events: events,
            holdTransport: { http.holdsLargeBodies = $0 }, closeTransport: { http.close() })
    }

    init(
        configuration: WeChatConfiguration, store: (any CredentialStore)? = nil, transport: any Transport,
        clock: any LoopClock, random: any RandomNumberGenerator & Sendable,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        holdTransport: @escaping @EventLoopActor (Bool) -> Void = { _ in },
        closeTransport: @escaping @EventLoopActor () -> Void = {}
    ) {
        let random = LoopRandom(random)
        let judge = AnswerJudge(clock: clock)
        let usability = AccountUsability()
        self.usability = usability
        self.holdTransport = holdTransport
        self.closeTransport = closeTransport
        providers = TokenProviders(
            configuration, store: store, transport: transport, judge: judge, clock: clock, random: random,
            events: events, becameUsable: { usability.announce() })
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
        providers.start()
    }

    /// In place of `start()`: fetches every configured account's token, also where one would be fetched when it is wanted.
    package func startWithAllTokens() {
        providers.start(all: true)
    }

    /// Ends whatever is still under way as interrupted.
    package func close() {
        providers.close()
        closeTransport()
    }

    package func applyCodeQuery(
        _ query: ApplyCodeQuery, account: String, context: CallContext
    ) async -> Result<ApplyCodeQueryResult, APIError> {
        do {
            let tokens: TokenProvider
            if let configured = providers[account] {
                tokens = configured
            } else {
                tokens = try await providers.provider(for: account, under: context.interruption)
            }
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
        while !providers.all.contains(where: { $0.isUsable }) { try await usability.wait(under: interruption) }
    }

    /// In order of the accounts' names.
    package var tokenStatus: [TokenStatus] {
        providers.all.map { $0.status }.sorted { $0.account < $1.account }
    }
}
