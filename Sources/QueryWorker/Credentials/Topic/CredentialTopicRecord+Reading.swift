internal import JSON
package import WeChat

extension CredentialTopicRecord {
    /// More than any record needs; what is longer is not looked at.
    package static let maxBytes = 65_536

    /// What every JSON reader can hold; there is room for one refresh a millisecond, for ages.
    static let generationMax = 1 << 53 - 1

    /// Reads a record, sealed or not, or an event in the form that an inbox takes, which has no `schema`.
    ///
    /// - Parameters:
    ///   - key: the record's key, which must be that of the account or component in the value.
    ///   - value: not that of a tombstone, which has none.
    /// - Throws: the field, what is wrong with it, and the remedy; no value that may be a secret.
    package init(key: CredentialTopicKey, value: [UInt8], keys: CredentialKeys) throws(UnreadableCredentials) {
        let outside = try UnreadableCredentials.object(in: value, of: JSONDocument(maximumLength: Self.maxBytes))
        try Self.checkSchema(of: outside)
        guard let type = try outside.credentialText("type") else { throw UnreadableCredentials("type: is missing") }
        let root = try outside.opened(key, keys)
        switch (type, key.subject) {
        case ("ticket", .ticket), ("authorized", .authorization), ("unauthorized", .authorization):
            self = .event(try CredentialEvent(json: root), receivedAt: try root.credentialTime("received_at"))
        case ("token", .token):
            // Whoever may write to the topic could otherwise have jobs asked with a token of his own.
            guard outside.member("sealed") != nil else {
                throw UnreadableCredentials("sealed: is missing; a token is taken only if it was sealed by a worker")
            }
            self = .token(try RefreshedCredentials(json: root))
        case ("intent", .intent):
            self = .intent(try root.name, generation: try root.generation(from: 1), instance: try root.instance)
        case ("rejected", .rejected):
            self = .rejected(
                try root.name, generation: try root.generation(from: 0), instance: try root.instance,
                reason: try root.credentialText("reason"))
        default:
            let wanted = key.subject == .authorization ? "authorized or unauthorized" : key.subject.rawValue
            throw UnreadableCredentials(
                "type: should be \(wanted) under this record key, but is another text of \(type.utf8.count) bytes")
        }
        guard self.key == key else {
            throw UnreadableCredentials("account, component: the value is of \(name), which belongs under \(self.key)")
        }
    }

    private static func checkSchema(of root: JSONValue) throws(UnreadableCredentials) {
        guard let schema = try root.credentialText("schema"), schema != Self.schema else { return }
        throw UnreadableCredentials(
            "schema: should be \(Self.schema), but is another text of \(schema.utf8.count) bytes; a newer version of "
                + "query-worker may read it")
    }
}

extension RefreshedCredentials {
    fileprivate init(json root: JSONValue) throws(UnreadableCredentials) {
        let name = try root.name
        let accessToken = try root.secret("access_token")
        let expiresAt = try root.credentialTime("expires_at")
        let component: String? =
            switch name {
            case .component: nil
            case .account: try root.appID("component")
            }
        guard (accessToken == nil) == (expiresAt == nil) else {
            throw UnreadableCredentials("access_token, expires_at: only one of them is there")
        }
        let basedOn = try root.credentialInteger("based_on")
        if let basedOn, basedOn < 0 { throw UnreadableCredentials("based_on: should be an offset, but is \(basedOn)") }
        self.init(
            name: name, component: component, generation: try root.generation(from: 0),
            accessToken: accessToken.map { AccessToken($0) }, expiresAt: expiresAt,
            refreshToken: try root.secret("refresh_token"), basedOn: basedOn.map(Int64.init))
    }
}

extension JSONValue {
    /// The members that stand outside `sealed`, too: they are there to be read on the topic, and count only as sealed.
    private static let members: [StaticString] = [
        "type", "component", "account", "received_at", "generation", "expires_at", "based_on",
    ]
    private static let secrets: [StaticString] = ["ticket", "authorization_code", "refresh_token", "access_token"]

    /// What is sealed in it; itself if nothing is.
    fileprivate func opened(
        _ key: CredentialTopicKey, _ keys: CredentialKeys
    ) throws(UnreadableCredentials) -> JSONValue {
        guard let sealed = member("sealed") else { return self }
        for secret in Self.secrets where member(secret) != nil {
            throw UnreadableCredentials("\(secret): is there beside sealed; give it in one of the two ways")
        }
        let plaintext = try CredentialSeal(json: sealed).open(under: key, with: keys)
        let inside = try UnreadableCredentials.object(in: plaintext, of: JSONDocument())
        for member in Self.members where !isSame(self.member(member), inside.member(member)) {
            throw UnreadableCredentials(
                "\(member): differs from what was sealed with it: somebody has changed the record; publish it anew")
        }
        return inside
    }

    private func isSame(_ outside: JSONValue?, _ inside: JSONValue?) -> Bool {
        guard let outside else { return inside == nil }
        guard let inside, outside.kind == inside.kind else { return false }
        return outside.string == inside.string && outside.int64 == inside.int64
    }

    /// The account's if there is one: then `component` says by whom it is authorised.
    fileprivate var name: CredentialName {
        get throws(UnreadableCredentials) {
            if let account = try appID("account") { return .account(account) }
            if let component = try appID("component") { return .component(component) }
            throw UnreadableCredentials("account, component: both are missing; give the appid of one")
        }
    }

    fileprivate func appID(_ name: StaticString) throws(UnreadableCredentials) -> String? {
        guard let text = try credentialText(name) else { return nil }
        guard CredentialName.isAppID(text) else {
            throw UnreadableCredentials(
                "\(name): should be an appid of 1 to 64 letters and digits, but is a text of \(text.utf8.count) bytes")
        }
        return text
    }

    fileprivate func secret(_ name: StaticString) throws(UnreadableCredentials) -> String? {
        guard let text = try credentialText(name) else { return nil }
        guard !text.isEmpty else { throw UnreadableCredentials("\(name): is empty") }
        return text
    }

    fileprivate func generation(from least: Int) throws(UnreadableCredentials) -> Int {
        guard let generation = try credentialInteger("generation") else {
            throw UnreadableCredentials("generation: is missing")
        }
        guard (least...CredentialTopicRecord.generationMax).contains(generation) else {
            throw UnreadableCredentials(
                "generation: should be from \(least) to \(CredentialTopicRecord.generationMax), but is \(generation)")
        }
        return generation
    }

    fileprivate var instance: String {
        get throws(UnreadableCredentials) {
            guard let text = try credentialText("instance") else { throw UnreadableCredentials("instance: is missing") }
            // It is shown in logs.
            guard !text.isEmpty, text.utf8.count <= 255, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
                throw UnreadableCredentials(
                    "instance: should be 1 to 255 characters of ASCII without white space, but is a text of "
                        + "\(text.utf8.count) bytes")
            }
            return text
        }
    }
}
