internal import EventLoop

/// Accounts that nobody configured: those that have authorised a component which takes any account.
///
/// Which these are, the credential store knows; an account that it does not know may have authorised the component while
/// nobody listened, so WeChat's list is read, at most once a minute, and what was missing is imported. Whatever appids
/// jobs name, memory holds only accounts that exist: an unknown one leaves no trace.
@EventLoopActor
final class AuthorizedAccounts {
    private let records: SharedRecords
    private let maker: TokenProviderMaker
    private let clock: any LoopClock
    private let mayDrop: @EventLoopActor (String) -> Bool
    /// By the lower case of their appids.
    private var imports: [String: AuthorizerImport] = [:]
    private var made: [String: TokenProvider] = [:]
    /// The store's spellings, by their lower case; nil if they must be read anew.
    private var spellings: [String: String]?
    private var lastSweep: MonotonicTime

    /// Longer than any token lives.
    private static let idleLimit = Duration.seconds(3 * 3600)
    private static let sweepInterval = Duration.seconds(60)

    /// - Parameter mayDrop: asked before an account's provider is forgotten.
    init(
        records: SharedRecords, maker: TokenProviderMaker, clock: any LoopClock,
        mayDrop: @escaping @EventLoopActor (String) -> Bool
    ) {
        self.mayDrop = mayDrop
        self.records = records
        self.maker = maker
        self.clock = clock
        lastSweep = clock.now
    }

    func accept(_ component: Component) {
        imports[component.appID.lowercased()] = AuthorizerImport(component, records: records, clock: clock)
    }

    func close() {
        for list in imports.values { list.close() }
        for provider in made.values { provider.close() }
    }

    var providers: [TokenProvider] { Array(made.values) }

    func existing(_ account: String) -> TokenProvider? { made.isEmpty ? nil : made[account.lowercased()] }

    /// The store may hold other names now.
    func namesChanged() { spellings = nil }

    func provider(for account: String, under interruption: Interruption) async throws(APIError) -> TokenProvider {
        guard !imports.isEmpty else { throw .failed(.unknownAccount(account)) }
        try await records.open()
        if let provider = try await stored(account) { return provider }
        for list in imports.values.sorted(by: { $0.component < $1.component }) {
            guard try await list.run(under: interruption, knows: { self.spelling(of: $0) != nil }) else { continue }
            namesChanged()
            if let provider = try await stored(account) { return provider }
        }
        // Another job's import may have brought it.
        if let provider = try await stored(account) { return provider }
        throw .failed(.unknownAccount(account))
    }

    /// The provider of an account that the store has, if it is an account of a component that takes any.
    func authorized(_ account: String, by component: String?) -> TokenProvider? {
        if let provider = existing(account) { return provider }
        guard let component, let list = imports[component.lowercased()] else { return nil }
        dropIdle()
        let provider = maker.authorizer(account, of: list.owner)
        made[account.lowercased()] = provider
        return provider
    }

    private func stored(_ account: String) async throws(APIError) -> TokenProvider? {
        guard let spelled = spelling(of: account) else { return nil }
        let record = try await records.read(.account(spelled))
        return authorized(spelled, by: record.component)
    }

    private func spelling(of account: String) -> String? {
        let known: [String: String]
        if let spellings {
            known = spellings
        } else {
            var names: [String: String] = [:]
            for case .account(let name) in records.names { names[name.lowercased()] = name }
            spellings = names
            known = names
        }
        return known[account.lowercased()]
    }

    private func dropIdle() {
        guard clock.now - lastSweep >= Self.sweepInterval else { return }
        lastSweep = clock.now
        made = made.filter { _, provider in
            guard clock.now - provider.lastUsed > Self.idleLimit, mayDrop(provider.account) else { return true }
            provider.retire()
            return false
        }
    }
}
