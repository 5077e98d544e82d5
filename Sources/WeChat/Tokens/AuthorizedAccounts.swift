internal import EventLoop

/// Accounts that nobody configured: those that have authorised a component which accepts any account.
///
/// Which these are, the credential store knows; an account that it does not know may have authorised the component while
/// nobody listened, so WeChat's list is asked, and what it has is stored. Where that can't be done, jobs wait, or are
/// answered, as for an account on hold. Whatever appids jobs name, memory holds only accounts that exist: an unknown one
/// leaves no trace.
@EventLoopActor
final class AuthorizedAccounts {
    private let records: SharedRecords
    private let maker: TokenProviderMaker
    private let policy: HoldPolicy
    private let clock: any LoopClock
    private let mayDrop: @EventLoopActor (String) -> Bool
    private let life = Interruption()
    /// Those that accept any account, by the lower case of their appids.
    private var components: [String: Component] = [:]
    private var made: [String: TokenProvider] = [:]
    /// The store's spellings, by their lower case; nil if they must be read anew.
    private var spellings: [String: String]?
    private var lastSweep: MonotonicTime

    /// Longer than any token lives.
    private static let idleLimit = Duration.seconds(3 * 3600)
    private static let sweepInterval = Duration.seconds(60)

    /// - Parameters:
    ///   - policy: says which jobs wait while nobody can tell about their accounts.
    ///   - mayDrop: asked before an account's provider is forgotten.
    init(
        records: SharedRecords, maker: TokenProviderMaker, policy: HoldPolicy, clock: any LoopClock,
        mayDrop: @escaping @EventLoopActor (String) -> Bool
    ) {
        self.records = records
        self.maker = maker
        self.policy = policy
        self.clock = clock
        self.mayDrop = mayDrop
        lastSweep = clock.now
    }

    func accept(_ component: Component) { components[component.appID.lowercased()] = component }

    func close() {
        life.interrupt(.everything, cause: .handedOver)
        for provider in made.values { provider.close() }
    }

    var providers: [TokenProvider] { Array(made.values) }

    /// Whether an account that the store does not know has authorised a component can't be found out now.
    var isUncertain: Bool { components.values.contains { $0.authorizers.nextTry != nil } }

    func existing(_ account: String) -> TokenProvider? { made.isEmpty ? nil : made[account.lowercased()] }

    /// These may be in the store now, or not any more.
    func namesChanged(_ names: Set<CredentialName>) {
        guard spellings != nil else { return }
        for case .account(let name) in names {
            spellings?[name.lowercased()] = records.names.contains(.account(name)) ? name : nil
        }
    }

    /// The provider of an account that the store does not know.
    /// - Throws: `unknown_account` if WeChat does not know it either.
    func provider(for account: String, during context: CallContext) async throws(APIError) -> TokenProvider {
        while true {
            let (provider, trouble) = try await listed(account, during: context)
            if let provider { return provider }
            guard let (component, failure) = trouble else { throw .failed(.unknownAccount(account)) }
            guard policy.hasJobsWait(failure) else { throw .failed(failure) }
            do {
                context.stopClock()
                defer { context.startClock() }
                try await component.authorizers.waitForNextTry(under: context.interruption)
            } catch {
                guard case .failed = error else { throw error }
                throw .failed(.outOfTime(after: failure))
            }
            // It may have come into the store meanwhile.
            if let provider = try await stored(account) { return provider }
        }
    }

    /// The provider of an account that the store does not know, for nobody who could wait.
    /// - Throws: why there is none now; `unknown_account` if WeChat does not know it either.
    func listedProvider(for account: String) async throws(APIError) -> TokenProvider {
        let (provider, trouble) = try await listed(account, during: nil)
        if let provider { return provider }
        throw .failed(trouble?.failure ?? .unknownAccount(account))
    }

    /// The provider of an account that the store has, if it is an account of a component that accepts any.
    func authorized(_ account: String, by component: String?) -> TokenProvider? {
        if let provider = existing(account) { return provider }
        guard let component, let owner = components[component.lowercased()] else { return nil }
        dropIdle()
        let provider = maker.authorizer(account, of: owner)
        made[account.lowercased()] = provider
        return provider
    }

    /// - Returns: nil if the store does not know the account, or no component accepts any.
    func stored(_ account: String) async throws(APIError) -> TokenProvider? {
        guard !components.isEmpty else { return nil }
        try await records.open()
        guard let spelled = spelling(of: account) else { return nil }
        let record = try await records.read(.account(spelled))
        return authorized(spelled, by: record.component)
    }

    /// Asks the lists, and stores what they have.
    /// - Parameter context: of the job that waits for it, if one does.
    /// - Returns: nil if none has it, with the component whose list can be read again first of those that can't be read.
    private func listed(
        _ account: String, during context: CallContext?
    ) async throws(APIError) -> (TokenProvider?, trouble: (component: Component, failure: APIFailure)?) {
        var trouble: (component: Component, failure: APIFailure)?
        for component in components.values.sorted(by: { $0.appID < $1.appID }) {
            let entry: AuthorizerPage.Entry?
            do {
                if component.tokens.isAwaitedFromElsewhere { context?.stopClock() }
                defer { context?.startClock() }
                entry = try await component.authorizer(
                    account, notOlderThan: AuthorizerList.age, under: context?.interruption ?? life)
            } catch {
                guard case .failed(let failure) = error, !failure.isOutOfTime else { throw error }
                if trouble.map({ isSooner(component, than: $0.component) }) ?? true { trouble = (component, failure) }
                continue
            }
            guard let entry, let refreshToken = entry.refreshToken else { continue }
            try await keep(refreshToken, of: entry.account, component, during: context)
            return (authorized(entry.account, by: component.appID), nil)
        }
        return (nil, trouble)
    }

    private func isSooner(_ component: Component, than other: Component) -> Bool {
        guard let time = component.authorizers.nextTry else { return true }
        return other.authorizers.nextTry.map { time < $0 } ?? false
    }

    /// The job's clock stands still: another instance may have to keep it, which may not even be there. It is kept also if
    /// the job is taken away meanwhile.
    private func keep(
        _ refreshToken: String, of account: String, _ component: Component, during context: CallContext?
    ) async throws(APIError) {
        let kept = Waiter()
        var failure: APIError?
        EventLoopActor.startTask { [self] in
            do throws(APIError) { try await keep(refreshToken, of: account, component) } catch { failure = error }
            kept.resume()
        }
        context?.stopClock()
        defer { context?.startClock() }
        do { try await kept.wait(.waits, under: context?.interruption ?? life) } catch { throw APIError(error) }
        if let failure { throw failure }
    }

    /// What came into the record meanwhile is newer.
    private func keep(_ refreshToken: String, of account: String, _ component: Component) async throws(APIError) {
        _ = try await records.update(
            .account(account), unless: { record throws(APIError) in record != CredentialRecord() }
        ) { record throws(APIError) in
            var record = record
            record.component = component.appID
            record.refreshToken = refreshToken
            return record
        }
        namesChanged([.account(account)])
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
            guard clock.now - provider.lastUsed > Self.idleLimit, mayDrop(provider.appID) else { return true }
            provider.retire()
            return false
        }
    }
}
