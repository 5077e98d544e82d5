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
    /// The same for a call that brings a token.
    package var tokenTimeout = Duration.seconds(10)
    package var connectTimeout = Duration.seconds(3)
    /// Answers beyond 64 KiB that may arrive at one time; each is at most 1 MiB.
    package var maxLargeAnswers = 8
    package var retry = RetryPolicy()
    /// What becomes of the jobs of an account on hold.
    package var hold = HoldMode.wait
    package var quotaReset = QuotaReset.midnightInChina
    /// What the jobs of one account of several may hold; nil: the worker has one account only.
    package var accountShare: JobLoad?
    /// What the jobs of all accounts may hold; as much as the caller lets them. At least `accountShare`.
    package var capacity = JobLoad()
    /// Calls per time, by appid; without an entry there is no limit.
    package var rates: [String: CallRate] = [:]
    /// By appid.
    package var accounts: [String: AccountCredentials]
    /// Third-party platforms, by appid. Holds every one that an account names.
    package var components: [String: ComponentCredentials] = [:]

    /// Accounts are added when jobs name them.
    var acceptsAnyAccount: Bool { components.values.contains(where: \.acceptsAnyAccount) }

    package init(accounts: [String: AccountCredentials]) { self.accounts = accounts }
}

/// Reads a secret anew for every use, so that a corrected one works without a restart. Called on the event loop, so that
/// whatever can block belongs elsewhere; waited for no longer than a token call. What it throws must be safe to log.
package typealias SecretReader = @Sendable () async throws -> String

/// How an account comes to its access token.
package struct AccountCredentials: Sendable {
    package enum Mode: Sendable {
        /// `/cgi-bin/stable_token`, which hands everybody the same token.
        case stableToken(secret: SecretReader)
        /// `/cgi-bin/token`, where every token ends the one before; shared by way of the credential store.
        case token(secret: SecretReader)
        /// Another service keeps the token: as text, or as JSON with `access_token` and `expires_in` or `expires_at`.
        case external(text: SecretReader)
        /// Another service answers with it. The URL may hold credentials.
        case externalURL(String)
        /// The merchant has authorised a third-party platform: one of `components`, whatever its case.
        case authorizer(component: String)
    }

    package var mode: Mode

    package init(_ mode: Mode) { self.mode = mode }

    /// With `stable_token`, the mode of most accounts.
    package init(secret: @escaping SecretReader) { mode = .stableToken(secret: secret) }
}

/// A third-party platform, which acts for the accounts that have authorised it.
package struct ComponentCredentials: Sendable {
    package var secret: SecretReader
    /// Every account that the credential store, or WeChat, knows as authorised may be used without being configured.
    package var acceptsAnyAccount: Bool

    package init(acceptsAnyAccount: Bool = false, secret: @escaping SecretReader) {
        self.secret = secret
        self.acceptsAnyAccount = acceptsAnyAccount
    }
}
