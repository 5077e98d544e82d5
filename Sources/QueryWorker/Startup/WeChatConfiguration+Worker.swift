package import WeChat

extension WeChatConfiguration {
    /// What the client core needs of the worker's configuration.
    package init(_ configuration: WorkerConfiguration) {
        let secrets = SecretFiles()
        self.init(
            accounts: Dictionary(
                uniqueKeysWithValues: configuration.accounts.map { account in
                    (account.appID, AccountCredentials(account.access.mode(secrets)))
                }))
        components = Dictionary(
            uniqueKeysWithValues: configuration.components.map { component in
                let credentials = ComponentCredentials(acceptsAnyAccount: component.accounts == .any) {
                    try await secrets.read(component.secret)
                }
                return (component.appID, credentials)
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

extension AccountConfiguration.Access {
    fileprivate func mode(_ secrets: SecretFiles) -> AccountCredentials.Mode {
        switch self {
        case .stableToken(let secret): .stableToken { try await secrets.read(secret) }
        case .token(let secret): .token { try await secrets.read(secret) }
        case .external(let token): .external { try await secrets.read(token) }
        case .externalURL(let url): .externalURL(url)
        case .authorizer(let component): .authorizer(component: component)
        }
    }
}
