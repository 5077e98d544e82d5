package import EventLoop
internal import HTTP

/// WeChat's API for a set of accounts: calls with retries, tokens that are always there. Everything runs on the loop.
///
/// Life cycle: `start()` opens the credential store, where one is needed, and begins to fetch the accounts' tokens;
/// `close()` ends it, after the jobs have ended.
@EventLoopActor
package final class WeChatClient {
    private let chain: CallChain<FailureJudge<WatchedTransport>>
    let accounts: Accounts
    let providers: TokenProviders
    private let makeAccount: @EventLoopActor (TokenProvider) -> Account
    let breaker: HostBreaker
    private let usability: AccountUsability
    let limit: CallLimit
    private let demand: Demand
    let clock: any LoopClock
    private let holdTransport: @EventLoopActor (Bool) -> Void
    private let closeTransport: @EventLoopActor () -> Void

    /// - Parameters:
    ///   - store: for modes that share their tokens, or what these come from, with other instances.
    ///   - onExchange: called after each request, whatever became of it.
    package convenience init(
        configuration: WeChatConfiguration, store: (any CredentialStore)? = nil, clock: any LoopClock,
        random: any RandomNumberGenerator & Sendable, events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        onExchange: @escaping @EventLoopActor (HTTPExchange) -> Void = { _ in }
    ) {
        let http = HTTPClient(
            configuration: HTTPClientConfiguration(
                proxy: configuration.proxy, caFile: configuration.caFile, connectTimeout: configuration.connectTimeout,
                maxConnections: configuration.concurrency + TokenProviders.concurrency,
                maxLargeBodies: configuration.maxLargeAnswers))
        self.init(
            configuration: configuration, store: store, transport: http, clock: clock, random: random, events: events,
            onExchange: onExchange, holdTransport: { http.holdsLargeBodies = $0 }, closeTransport: { http.close() })
    }

    package init(
        configuration: WeChatConfiguration, store: (any CredentialStore)? = nil, transport: any Transport,
        clock: any LoopClock, random: any RandomNumberGenerator & Sendable,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        onExchange: @escaping @EventLoopActor (HTTPExchange) -> Void = { _ in },
        holdTransport: @escaping @EventLoopActor (Bool) -> Void = { _ in },
        closeTransport: @escaping @EventLoopActor () -> Void = {}
    ) {
        let random = LoopRandom(random)
        let judge = AnswerJudge(clock: clock)
        let usability = AccountUsability()
        let demand = Demand()
        let breaker = HostBreaker(
            clock: clock, threshold: min(configuration.retry.attempts, HostBreaker.threshold),
            concurrency: configuration.concurrency,
            events: events
        ) {
            demand.returned()
        }
        let accounts = Accounts(
            stuck: configuration.accountShare.map { StuckJobs(limit: $0, capacity: configuration.capacity) },
            acceptsAnyAccount: configuration.acceptsAnyAccount, clock: clock, breaker: breaker, events: events
        ) { demand.returned() }
        let measured = MeasuredTransport(
            transport: transport, baseURL: configuration.baseURL, clock: clock, report: onExchange)
        let watched = WatchedTransport(transport: measured, breaker: breaker)
        let makeAccount: @EventLoopActor (TokenProvider) -> Account = { tokens in
            let gate = AccountGate(
                account: tokens.appID,
                policy: HoldPolicy(mode: configuration.hold, quotaReset: configuration.quotaReset),
                rate: configuration.rates[tokens.appID], concurrency: configuration.concurrency, clock: clock,
                random: random, events: events, onWanted: { demand.returned() })
            return Account(name: tokens.appID, tokens: tokens, gate: gate)
        }
        let made = TokenProviders(
            configuration, store: store, transport: watched,
            otherTransport: MeasuredTransport(transport: transport, baseURL: nil, clock: clock, report: onExchange),
            judge: judge, clock: clock, random: random, events: events,
            // Weak: an account holds its provider, which calls this.
            becameUsable: { [weak accounts] account in
                usability.announce()
                accounts?[account]?.gate.tokenArrived()
            }, mayDrop: { [weak accounts] in accounts?.removeIdle($0) ?? true })
        breaker.onClose = { [weak made] in made?.hostIsBack() }
        for provider in made.all { accounts.add(makeAccount(provider)) }
        self.providers = made
        self.makeAccount = makeAccount
        self.usability = usability
        self.holdTransport = holdTransport
        self.closeTransport = closeTransport
        self.accounts = accounts
        self.breaker = breaker
        self.demand = demand
        self.clock = clock
        let limit = CallLimit(configuration.concurrency)
        self.limit = limit
        chain = .chain(
            to: FailureJudge(
                baseURL: configuration.baseURL, timeout: configuration.timeout, transport: watched, judge: judge),
            retries: Retries(
                policy: configuration.retry, breaker: breaker, clock: clock, random: random, events: events),
            breaker: breaker, limit: limit, clock: clock)
    }

    /// Opens the credential store, if one is used. `start()` would do it too, and have accounts on hold if it fails.
    /// - Returns: why it can't be used.
    package func openStore() async -> APIFailure? {
        guard providers.useStore else { return nil }
        do throws(APIError) { try await providers.records.open() } catch {
            if case .failed(let failure) = error { return failure }
        }
        return nil
    }

    /// Calls per time from now on; nil: as many as come. Of a configured account, spelled as there.
    package func setRate(_ rate: CallRate?, of account: String) { accounts[account]?.gate.setRate(rate) }

    /// Begins to fetch the accounts' tokens, and keeps them fresh from then on.
    package func start() {
        providers.start()
    }

    /// In place of `start()`: fetches every configured account's token, also where one would be fetched when it is wanted.
    package func startWithAllTokens() {
        providers.start(all: true)
    }

    /// To be called before `close()`, when no job wants a token any more: what WeChat hands out now is kept, since a new
    /// refresh token could be lost. Takes as long as one token call, at most its time limit and 5 s.
    package func settle() async { await providers.records.settle() }

    /// Ends whatever is still under way as interrupted.
    package func close() {
        providers.close()
        accounts.close()
        closeTransport()
    }

    package func applyCodeQuery(
        _ query: ApplyCodeQuery, account: String, context: CallContext
    ) async -> Result<ApplyCodeQueryResult, APIError> {
        let name = account
        let account: Account
        if let known = accounts[name] {
            account = known
        } else {
            do { account = try await self.account(name, context) } catch { return .failure(error) }
        }
        if let refusal = accounts.jobBegan(of: account, bytes: context.bytes) { return .failure(.failed(refusal)) }
        defer { accounts.jobEnded(of: account, bytes: context.bytes) }
        do {
            switch try await chain.handle(APICall(.applyCodeQuery(query), account: account, context: context)) {
            case .applyCodeQuery(let result): return .success(result)
            }
        } catch { return .failure(error) }
    }

    /// The account of that name, whatever its case; one that is not configured, but may be used, is made here.
    private func account(_ name: String, _ context: CallContext) async throws(APIError) -> Account {
        let known = try await providers.provider(for: name)
        let tokens: TokenProvider
        if let known { tokens = known } else { tokens = try await stranger(name, context) }
        if let account = accounts[tokens.appID] { return account }
        let account = makeAccount(tokens)
        accounts.add(account)
        return account
    }

    private func stranger(_ name: String, _ context: CallContext) async throws(APIError) -> TokenProvider {
        let authorized = providers.authorized
        if let refusal = accounts.strangerBegan(bytes: context.bytes, isHeldUp: authorized.isUncertain) {
            throw .failed(refusal)
        }
        defer { accounts.strangerEnded(bytes: context.bytes) }
        return try await authorized.provider(for: name, during: context)
    }

    /// More jobs would only wait: WeChat cannot be reached, the only account is on hold, or one account of several has all
    /// that it may hold. A job that a probe needs is wanted all the same.
    package var wantsJobs: Bool { breaker.wantsJobs && accounts.wantJobs }

    /// Called when `wantsJobs` may have become true.
    package var onWantsJobs: (@EventLoopActor () -> Void)? {
        get { demand.onReturn }
        set { demand.onReturn = newValue }
    }

    /// A hold, an outage or its rate explains that the account's jobs make no progress.
    package func isHeldUp(_ account: String) -> Bool {
        breaker.isTripped || accounts[account].map(\.gate.isHeldUp) ?? providers.authorized.isUncertain
    }

    /// While true no job's call begins, and no large answer is taken: who keeps the answers has no room. What else is
    /// under way goes on, and tokens are fetched as ever.
    package var holdsCalls = false {
        didSet {
            guard holdsCalls != oldValue else { return }
            limit.isHeld = holdsCalls
            accounts.areCallsHeld = holdsCalls
            holdTransport(holdsCalls)
        }
    }

    /// Ends when at least one account, or a component that accepts any, has a token to call with; at once, if one has.
    package func waitUntilAnyAccountIsUsable(under interruption: Interruption) async throws(Interrupted) {
        while !isAnyUsable { try await usability.wait(under: interruption) }
    }

    private var isAnyUsable: Bool {
        accounts.all.contains { $0.tokens.isUsable }
            || providers.components.values.contains { $0.acceptsAnyAccount && $0.tokens.isUsable }
    }
}

/// Tells whoever takes jobs that they are wanted again.
@EventLoopActor
private final class Demand {
    var onReturn: (@EventLoopActor () -> Void)?

    func returned() { onReturn?() }
}
