package import WeChat

extension WeChatConfiguration {
    /// What the client core needs of the worker's configuration.
    package init(_ configuration: WorkerConfiguration) {
        self.init(
            accounts: Dictionary(
                uniqueKeysWithValues: configuration.accounts.map { account in
                    (account.appID, AccountCredentials { try account.secret.read() })
                }))
        baseURL = configuration.api.baseURL
        proxy = configuration.api.proxy
        caFile = configuration.api.caFile
        concurrency = configuration.api.concurrency
        timeout = configuration.api.timeout
        connectTimeout = configuration.api.connectTimeout
        maxLargeAnswers = max(configuration.maxMemory >> 24, 1)
        retry = RetryPolicy(
            attempts: configuration.retry.attempts, backoff: configuration.retry.backoff,
            backoffMax: configuration.retry.maxBackoff, budget: configuration.retry.budget)
        hold = configuration.accountHold
        quotaReset = configuration.quotaReset
        accountShare = configuration.accountShare
        for account in configuration.accounts { rates[account.appID] = account.rate }
    }
}
