internal import WeChat

extension WeChatConfiguration {
    /// What the client core needs of the worker's configuration.
    /// - Parameter corrected: secrets that take the place of its own.
    init(_ configuration: WorkerConfiguration, corrected: CorrectedSecrets = CorrectedSecrets()) {
        let secrets = SecretFiles()
        let reader = { (owner: CorrectedSecrets.Owner, secret: Secret) -> SecretReader in
            { try await secrets.read(corrected.secret(of: owner, atStart: secret)) }
        }
        self.init(
            accounts: Dictionary(
                uniqueKeysWithValues: configuration.accounts.map { account in
                    (account.appID, AccountCredentials(account.mode(reader)))
                }))
        components = Dictionary(
            uniqueKeysWithValues: configuration.components.map { component in
                let secret = reader(.component(component.appID.lowercased()), component.secret)
                return (
                    component.appID,
                    ComponentCredentials(acceptsAnyAccount: component.accounts == .any, secret: secret)
                )
            })
        baseURL = configuration.api.baseURL
        proxy = configuration.api.proxy
        caFile = configuration.api.caFile
        concurrency = configuration.api.concurrency
        timeout = configuration.api.timeout
        tokenTimeout = configuration.api.tokenTimeout
        connectTimeout = configuration.api.connectTimeout
        maxLargeAnswers = max(configuration.maxMemory >> 24, 1)
        retry = RetryPolicy(
            attempts: configuration.retry.attempts, backoff: configuration.retry.backoff,
            backoffMax: configuration.retry.maxBackoff, budget: configuration.retry.budget)
        hold = configuration.accountHold
        quotaReset = configuration.quotaReset
        capacity = JobLoad(jobs: configuration.maxJobsInFlight, bytes: configuration.maxMemory / 2)
        accountShare = configuration.accountShare.map { JobLoad(jobs: $0, bytes: capacity.bytes / 2) }
        for account in configuration.accounts { rates[account.appID] = account.rate }
    }
}

extension AccountConfiguration {
    fileprivate func mode(_ reader: (CorrectedSecrets.Owner, Secret) -> SecretReader) -> AccountCredentials.Mode {
        let owner = CorrectedSecrets.Owner.account(appID.lowercased())
        return switch access {
        case .stableToken(let secret): .stableToken(secret: reader(owner, secret))
        case .token(let secret): .token(secret: reader(owner, secret))
        case .external(let token): .external(text: reader(owner, token))
        case .externalURL(let url): .externalURL(url)
        case .authorizer(let component): .authorizer(component: component)
        }
    }
}
