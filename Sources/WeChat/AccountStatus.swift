package import EventLoop

/// Where an account, or a platform, stands: its token, whether it is on hold, what it holds. Never the token.
package struct AccountStatus: Sendable, Equatable {
    package struct Hold: Sendable, Equatable {
        package let failure: APIFailure
        package let since: WallTime
        package let probeAt: WallTime
        /// Its jobs wait; else each is answered.
        package let hasJobsWait: Bool
    }

    package var token: TokenStatus
    package var hold: Hold?
    /// nil where it is the only one, and holds all.
    package var jobs: Int?
    /// A third-party platform, whose token others' tokens come from.
    package var isComponent = false

    package var name: String { token.account }

    /// Calls can be made for it, as far as is known: see `WeChatClient.accountsStatus`.
    package var isUsable = false
}

/// All accounts together, and as many of them as can be shown.
package struct AccountsStatus: Sendable {
    package var usable = 0
    package var onHold = 0
    package var withoutToken = 0
    /// Platforms, then accounts; of these rather those in trouble.
    package var shown: [AccountStatus] = []
    package var notShown = 0
    /// Calls can be made for at least one account.
    package var isAnyUsable = false

    package init() {}
}
