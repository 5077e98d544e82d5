package import JSON

extension CredentialEvent {
    /// More than any event needs; WeChat's secrets have a few hundred bytes.
    package static let maxBytes = 65_536

    private static let maxSecretBytes = 4096

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("type", kind)
        writer.member("component", component)
        writer.member("account", account)
        switch self {
        case .ticket(_, let ticket): writer.member("ticket", ticket)
        case .authorizedByCode(_, _, let code): writer.member("authorization_code", code)
        case .authorizedByRefreshToken(_, _, let token): writer.member("refresh_token", token)
        case .unauthorized: break
        }
        writer.endObject()
        return writer.bytes
    }

    package init(json: [UInt8]) throws(UnreadableCredentials) {
        try self.init(json: UnreadableCredentials.object(in: json, of: JSONDocument(maximumLength: Self.maxBytes)))
    }

    package init(json root: JSONValue) throws(UnreadableCredentials) {
        let type = try root.required("type", "set it to ticket, authorized or unauthorized")
        let component = try root.required("component", "give the platform's appid")
        switch type {
        case "ticket":
            let ticket = try root.required("ticket", "give the component_verify_ticket that WeChat pushed")
            self = .ticket(component: component, ticket: ticket)
        case "authorized":
            self = try Self.authorization(in: root, component: component)
        case "unauthorized":
            self = .unauthorized(component: component, account: try root.requiredAccount)
        default:
            throw UnreadableCredentials(
                "type: should be ticket, authorized or unauthorized, but is \(Self.shape(of: type))")
        }
        try check()
    }

    private static func authorization(
        in root: JSONValue, component: String
    ) throws(UnreadableCredentials) -> CredentialEvent {
        let account = try root.requiredAccount
        let (code, refreshToken) = (
            try root.credentialText("authorization_code"), try root.credentialText("refresh_token")
        )
        switch (code, refreshToken) {
        case (let code?, nil):
            return .authorizedByCode(component: component, account: account, authorizationCode: code)
        case (nil, let token?):
            return .authorizedByRefreshToken(component: component, account: account, refreshToken: token)
        case (nil, nil):
            throw UnreadableCredentials("authorization_code, refresh_token: both are missing; give one of them")
        default:
            throw UnreadableCredentials("authorization_code, refresh_token: both are there; give only one of them")
        }
    }

    /// Whether appids and secrets can be such, wherever they come from.
    package func check() throws(UnreadableCredentials) {
        try Self.checkAppID(component, of: "component")
        if let account { try Self.checkAppID(account, of: "account") }
        switch self {
        case .ticket(_, let ticket): try Self.checkSecret(ticket, of: "ticket")
        case .authorizedByCode(_, _, let code): try Self.checkSecret(code, of: "authorization_code")
        case .authorizedByRefreshToken(_, _, let token): try Self.checkSecret(token, of: "refresh_token")
        case .unauthorized: break
        }
    }

    private static func checkAppID(_ text: String, of field: StaticString) throws(UnreadableCredentials) {
        guard !CredentialName.isAppID(text) else { return }
        throw UnreadableCredentials(
            "\(field): should be an appid of 1 to 64 letters and digits, but is \(shape(of: text))")
    }

    private static func checkSecret(_ text: String, of field: StaticString) throws(UnreadableCredentials) {
        let isFit =
            !text.isEmpty && text.utf8.count <= maxSecretBytes && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
        guard !isFit else { return }
        throw UnreadableCredentials(
            "\(field): should be 1 to \(maxSecretBytes) characters of ASCII without white space, exactly as WeChat sent "
                + "it, but is \(shape(of: text))")
    }

    /// What may be told of a text that may be a secret.
    private static func shape(of text: String) -> String {
        if text.isEmpty { return "empty" }
        let hasSpace = text.utf8.contains { $0 <= 0x20 || $0 == 0x7f }
        let kind = hasSpace ? ", white space or control characters among them" : ""
        return "a text of \(text.utf8.count) bytes" + kind
    }
}

extension JSONValue {
    fileprivate var requiredAccount: String {
        get throws(UnreadableCredentials) { try required("account", "give the merchant's appid") }
    }

    fileprivate func required(_ name: StaticString, _ remedy: String) throws(UnreadableCredentials) -> String {
        guard let text = try credentialText(name) else {
            throw UnreadableCredentials("\(name): is missing; \(remedy)")
        }
        return text
    }
}
