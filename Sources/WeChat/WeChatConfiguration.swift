/// All that a `WeChatClient` needs to know.
package struct WeChatConfiguration: Sendable {
    /// Without a trailing slash.
    package var baseURL = "https://api.weixin.qq.com"
    package var proxy: String?
    package var caFile: String?
    /// Business calls under way at once, over all accounts. Token calls have places of their own.
    package var concurrency = 128
    /// Limit for one call, connection included.
    package var timeout = Duration.seconds(5)
    package var connectTimeout = Duration.seconds(3)
    /// Answers beyond 64 KiB that may arrive at one time; each is at most 1 MiB.
    package var maxLargeAnswers = 8
    package var retry = RetryPolicy()
    /// What becomes of the jobs of an account on hold.
    package var hold = HoldMode.wait
    package var quotaReset = QuotaReset.midnightInChina
    /// Jobs that one account of several may hold; nil: the worker has one account only.
    package var accountShare: Int?
    /// Calls per time, by appid; without an entry there is no limit.
    package var rates: [String: CallRate] = [:]
    /// By appid.
    package var accounts: [String: AccountCredentials]

    package init(accounts: [String: AccountCredentials]) { self.accounts = accounts }
}

/// How an account proves who it is.
package struct AccountCredentials: Sendable {
    /// Read anew for every token call, so that a corrected secret works without a restart.
    package var secret: @Sendable () throws -> String

    package init(secret: @escaping @Sendable () throws -> String) { self.secret = secret }
}
