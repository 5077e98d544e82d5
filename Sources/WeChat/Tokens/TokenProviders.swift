internal import EventLoop

/// Makes and finds the token provider of every account and component.
///
/// Life cycle: those of configured accounts and of components are made at once. `start()` opens the credential store and
/// has tokens fetched ahead, except those of authorised accounts, of which there may be thousands: they are fetched when
/// they are wanted. A component that accepts any account has its accounts' providers made when a job names them, and
/// dropped when they have not been used for long (`AuthorizedAccounts`). What changes in the store is passed on to whom
/// it concerns (`TokenProviders+Changes.swift`). `close()` ends everything.
@EventLoopActor
final class TokenProviders {
    /// Token calls under way at once. Few: one per account and hour or two is the rule.
    nonisolated static let concurrency = 8

    let records: SharedRecords
    let authorized: AuthorizedAccounts
    /// By the lower case of their appids.
    private(set) var components: [String: Component] = [:]
    /// As configured.
    private var configured: [String: TokenProvider] = [:]
    private var spellings: [String: String] = [:]
    /// Of configured accounts: what changes in the store about others' records is none of their business.
    private var usesStore: Set<String> = []
    /// Providers of configured accounts, by the lower case of their components.
    private var authorizers: [String: [TokenProvider]] = [:]
    private let becameUsable: @EventLoopActor (String) -> Void
    private var eager: [TokenProvider] = []
    private var lazy: [TokenProvider] = []

    /// - Parameters:
    ///   - store: nil where no mode needs one.
    ///   - transport: to WeChat.
    ///   - otherTransport: to other services, whose outages are none of WeChat's.
    ///   - becameUsable: called when an account, or a component, has a token to call with.
    ///   - mayDrop: asked before the provider of an account that is not configured is forgotten.
    init(
        _ configuration: WeChatConfiguration, store: (any CredentialStore)?, transport: any Transport,
        otherTransport: any Transport, judge: AnswerJudge, clock: any LoopClock, random: LoopRandom,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        becameUsable: @escaping @EventLoopActor (String) -> Void,
        mayDrop: @escaping @EventLoopActor (String) -> Bool
    ) {
        let records = SharedRecords(store, clock: clock, callTimeout: configuration.tokenTimeout)
        // Each with places of its own: a service that hangs must not keep WeChat's tokens away.
        let calls = { (transport: any Transport) in
            TokenCalls(
                baseURL: configuration.baseURL, timeout: configuration.tokenTimeout,
                limit: CallLimit(Self.concurrency), transport: transport, judge: judge)
        }
        let maker = TokenProviderMaker(
            calls: calls(transport), otherCalls: calls(otherTransport), records: records, clock: clock, random: random,
            events: events, becameUsable: becameUsable)
        self.records = records
        self.becameUsable = becameUsable
        let isAlone = configuration.accounts.count == 1 && !configuration.acceptsAnyAccount
        authorized = AuthorizedAccounts(
            records: records, maker: maker, policy: HoldPolicy(mode: configuration.hold), clock: clock, mayDrop: mayDrop
        )
        for (appID, credentials) in configuration.components {
            let component = maker.component(appID, credentials) { [weak self] in self?.componentBecameUsable(appID) }
            components[appID.lowercased()] = component
            eager.append(component.tokens)
            if component.acceptsAnyAccount { authorized.accept(component) }
        }
        for (account, credentials) in configuration.accounts {
            let provider = maker.provider(account, credentials, components: components, isAlone: isAlone)
            configured[account] = provider
            spellings[account.lowercased()] = account
            switch credentials.mode {
            case .stableToken, .external, .externalURL: eager.append(provider)
            case .token:
                eager.append(provider)
                usesStore.insert(account)
            case .authorizer(let component):
                usesStore.insert(account)
                authorizers[component.lowercased(), default: []].append(provider)
                if isAlone { eager.append(provider) } else { lazy.append(provider) }
            }
        }
    }

    var useStore: Bool { !usesStore.isEmpty || !components.isEmpty }

    /// - Parameter all: also the tokens that are otherwise fetched when they are wanted.
    func start(all: Bool = false) {
        if useStore {
            records.onChange = { [weak self] in self?.recordsChanged($0) }
            records.onWanted = { [weak self] in await self?.wanted($0) }
            EventLoopActor.startTask { [self] in
                try? await records.open()
                await exchangeWaitingCodes()
            }
        }
        for provider in eager + (all ? lazy : []) { provider.start() }
    }

    func close() {
        records.onChange = nil
        records.onWanted = nil
        authorized.close()
        for provider in configured.values { provider.close() }
        for component in components.values { component.close() }
        records.close()
    }

    /// What failed since WeChat could not be reached need not wait any longer.
    func hostIsBack() {
        for component in components.values {
            component.tokens.hostIsBack()
            component.authorizers.hostIsBack()
        }
        for provider in all { provider.hostIsBack() }
    }

    /// Of accounts that are used now, configured or not.
    var all: [TokenProvider] { Array(configured.values) + authorized.providers }

    /// The configured account's.
    subscript(account: String) -> TokenProvider? { configured[account] }

    /// The account's provider, whatever the case of its appid; nil if it is neither configured nor in the credential store.
    /// Then `authorized` may find it in WeChat's list.
    func provider(for account: String) async throws(APIError) -> TokenProvider? {
        if let provider = existing(account) { return provider }
        return try await authorized.stored(account)
    }

    /// The provider of that account, if there is one that takes part in the store.
    func sharing(_ account: String) -> TokenProvider? {
        guard let spelled = spellings[account.lowercased()] else { return authorized.existing(account) }
        return usesStore.contains(spelled) ? configured[spelled] : nil
    }

    private func existing(_ account: String) -> TokenProvider? {
        spellings[account.lowercased()].flatMap { configured[$0] } ?? authorized.existing(account)
    }

    /// What failed because of it need not wait any longer.
    private func componentBecameUsable(_ appID: String) {
        components[appID.lowercased()]?.authorizers.readAgain()
        becameUsable(appID)
        for provider in (authorizers[appID.lowercased()] ?? []) + authorized.providers {
            if let kind = provider.failure?.kind, kind != .reauthorize, kind != .permission { provider.fetchNow() }
        }
    }
}
