/// A third-party platform that acts for the accounts which have authorised it.
package struct ComponentConfiguration: Sendable {
    /// On whose behalf jobs may be done.
    package enum Accounts: String, CaseIterable, Sendable {
        case configured
        /// Any account that has authorised the platform.
        case any
    }

    /// Spelled as `AccountConfiguration.appID` is.
    package let appID: String
    package let secret: Secret
    package let accounts: Accounts
}
