internal import EventLoop
internal import JSON

/// How a record is stored: one JSON object, the same in every store.
///
///     {"format":1,"component":"wx…","refresh_token":"…",
///      "token":{"value":"…","expires_at":"2026-11-25T01:02:03.456Z","generation":7}}
///
/// Members that this version does not know are ignored, and are gone when it writes the record. What may not be ignored
/// raises `format`.
extension CredentialRecord {
    private static let format = 1

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("format")
        writer.integer(Self.format)
        writer.member("component", component)
        writer.member("refresh_token", refreshToken)
        writer.member("authorization_code", authorizationCode)
        if isUnauthorized {
            writer.key("unauthorized")
            writer.bool(true)
        }
        writer.member("ticket", ticket)
        writer.member("ticket_received_at", ticketReceivedAt?.rfc3339)
        if let token {
            writer.key("token")
            writer.beginObject()
            writer.member("value", token.value.value)
            writer.member("expires_at", token.expiresAt.rfc3339)
            writer.key("generation")
            writer.integer(token.generation)
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    package init(json: [UInt8]) throws(UnreadableCredentials) {
        let document = JSONDocument()
        let root = try UnreadableCredentials.object(in: json, of: document)
        guard let format = try root.credentialInteger("format") else {
            throw UnreadableCredentials("format: is missing")
        }
        guard (1...Self.format).contains(format) else {
            throw UnreadableCredentials(
                "format: is \(format), where this version of query-worker reads up to \(Self.format); a newer version "
                    + "wrote it, and reads it")
        }
        component = try root.credentialText("component")
        refreshToken = try root.credentialText("refresh_token")
        authorizationCode = try root.credentialText("authorization_code")
        if let value = root.member("unauthorized") {
            guard let flag = value.bool else { throw .wrongType("unauthorized", wanted: "true or false", value) }
            isUnauthorized = flag
        }
        ticket = try root.credentialText("ticket")
        ticketReceivedAt = try root.credentialTime("ticket_received_at")
        if let value = root.member("token") { token = try StoredToken(json: value) }
    }
}

extension StoredToken {
    fileprivate init(json: JSONValue) throws(UnreadableCredentials) {
        guard json.kind == .object else { throw .wrongType("token", wanted: "an object", json) }
        guard let value = try json.credentialText("value"), let expiresAt = try json.credentialTime("expires_at"),
            let generation = try json.credentialInteger("generation")
        else { throw UnreadableCredentials("token: one of value, expires_at and generation is missing") }
        self.init(value: AccessToken(value), expiresAt: expiresAt, generation: generation)
    }
}
