/// Whose credentials: an account's, or a third-party platform's.
package enum CredentialName: Hashable, Sendable {
    /// By appid, as spelled in the configuration, or by WeChat.
    case account(String)
    case component(String)

    package var appID: String {
        switch self {
        case .account(let appID), .component(let appID): appID
        }
    }
}
