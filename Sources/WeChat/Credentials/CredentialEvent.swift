/// What comes from outside about credentials: what WeChat pushes to a platform, as its event receiver passes it on, and
/// what an operator imports. One JSON object each, the same by `credentials put` and by a file in the watched directory:
///
///     {"type":"ticket","component":"wx…","ticket":"ticket@@@…"}
///     {"type":"authorized","component":"wx…","account":"wx…","authorization_code":"queryauthcode@@@…"}
///     {"type":"authorized","component":"wx…","account":"wx…","refresh_token":"refreshtoken@@@…"}
///     {"type":"unauthorized","component":"wx…","account":"wx…"}
///
/// Members that are not named here are ignored. Prints without its secrets.
package enum CredentialEvent: Sendable, Equatable {
    case ticket(component: String, ticket: String)
    case authorizedByCode(component: String, account: String, authorizationCode: String)
    case authorizedByRefreshToken(component: String, account: String, refreshToken: String)
    case unauthorized(component: String, account: String)
}

extension CredentialEvent {
    /// The record that it changes.
    package var name: CredentialName { account.map(CredentialName.account) ?? .component(component) }

    /// The `type` in JSON.
    package var kind: String {
        switch self {
        case .ticket: "ticket"
        case .authorizedByCode, .authorizedByRefreshToken: "authorized"
        case .unauthorized: "unauthorized"
        }
    }

    package var component: String {
        switch self {
        case .ticket(let component, _), .authorizedByCode(let component, _, _),
            .authorizedByRefreshToken(let component, _, _), .unauthorized(let component, _):
            component
        }
    }

    package var account: String? {
        switch self {
        case .ticket: nil
        case .authorizedByCode(_, let account, _), .authorizedByRefreshToken(_, let account, _),
            .unauthorized(_, let account):
            account
        }
    }
}

extension CredentialEvent: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(kind) of \(name)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
