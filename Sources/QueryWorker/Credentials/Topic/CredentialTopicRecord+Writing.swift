internal import EventLoop
internal import JSON
package import WeChat

extension CredentialTopicRecord {
    /// The `schema` of a record.
    package static let schema = "credential-record.v1"

    /// The record's value, with its secrets sealed. The record's key is `key.bytes`.
    ///
    /// - Throws: if libcrypto fails.
    package func encode(sealedWith keys: CredentialKeys) throws(CredentialStoreError) -> [UInt8] {
        let seal = hasSecrets ? try CredentialSeal(sealing: sealedPart, under: key, with: keys.sealing) : nil
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("schema", Self.schema)
        writer.member("type", type)
        writeOpenMembers(to: &writer)
        if let seal {
            writer.key("sealed")
            seal.write(to: &writer)
        }
        writer.endObject()
        return writer.bytes
    }

    private var hasSecrets: Bool {
        switch self {
        case .event(.unauthorized, _), .intent, .rejected: false
        case .event, .token: true
        }
    }

    /// What is sealed: the secrets, and once more what stands beside them, which so cannot be changed.
    private var sealedPart: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("type", type)
        writeOpenMembers(to: &writer)
        switch self {
        case .event(.ticket(_, let ticket), _): writer.member("ticket", ticket)
        case .event(.authorizedByCode(_, _, let code), _): writer.member("authorization_code", code)
        case .event(.authorizedByRefreshToken(_, _, let token), _): writer.member("refresh_token", token)
        case .token(let refreshed):
            writer.ifAny("access_token", refreshed.accessToken?.value)
            writer.ifAny("refresh_token", refreshed.refreshToken)
        case .event(.unauthorized, _), .intent, .rejected: break
        }
        writer.endObject()
        return writer.bytes
    }

    private func writeOpenMembers(to writer: inout JSONWriter) {
        switch self {
        case .event(let event, let receivedAt):
            writer.member("component", event.component)
            writer.ifAny("account", event.account)
            writer.ifAny("received_at", receivedAt?.rfc3339)
        case .token(let refreshed):
            writer.ifAny("component", refreshed.component)
            writer.name(refreshed.name)
            writer.member("generation", refreshed.generation)
            writer.ifAny("expires_at", refreshed.expiresAt?.rfc3339)
            writer.ifAny("based_on", refreshed.basedOn)
        case .intent(let name, let generation, let instance):
            writer.name(name)
            writer.member("generation", generation)
            writer.member("instance", instance)
        case .rejected(let name, let generation, let instance, let reason):
            writer.name(name)
            writer.member("generation", generation)
            writer.member("instance", instance)
            writer.ifAny("reason", reason)
        }
    }
}

extension JSONWriter {
    fileprivate mutating func name(_ name: CredentialName) {
        switch name {
        case .account(let appID): member("account", appID)
        case .component(let appID): member("component", appID)
        }
    }

    /// Nothing for nil, where `member` writes null.
    fileprivate mutating func ifAny(_ name: StaticString, _ value: String?) {
        if let value { member(name, value) }
    }

    /// Nothing for nil, where `member` writes null.
    fileprivate mutating func ifAny(_ name: StaticString, _ value: Int64?) {
        if let value { member(name, value) }
    }
}
