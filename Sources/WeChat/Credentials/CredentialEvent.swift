/// What comes from outside about credentials: what WeChat pushes to a platform, as its event receiver passes it on, and
/// what an operator imports. One JSON object each, the same by `credentials put` and by a file in the watched directory:
///
///     {"type":"ticket","component":"wx…","ticket":"ticket@@@…"}
///     {"type":"authorized","component":"wx…","account":"wx…","authorization_code":"queryauthcode@@@…"}
///     {"type":"authorized","component":"wx…","account":"wx…","refresh_token":"refreshtoken@@@…"}
///     {"type":"unauthorized","component":"wx…","account":"wx…"}
package enum CredentialEvent: Sendable, Equatable {
    case ticket(component: String, ticket: String)
    case authorizedByCode(component: String, account: String, authorizationCode: String)
    case authorizedByRefreshToken(component: String, account: String, refreshToken: String)
    case unauthorized(component: String, account: String)
}
