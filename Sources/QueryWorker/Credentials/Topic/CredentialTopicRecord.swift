package import EventLoop
package import WeChat

/// A record of the credential topic (`schemas/credential-record.v1.schema.json`). Prints without its secrets.
///
/// What removes one is a tombstone: the same key, and no value.
package enum CredentialTopicRecord: Sendable, Equatable {
    /// What came from outside: a ticket, an authorisation, or the end of one.
    ///
    /// `receivedAt`: when the platform's event receiver got it from WeChat. Nil: the record's own timestamp is as good.
    case event(CredentialEvent, receivedAt: WallTime?)

    /// All that the refresher knows of an account or component after it has called WeChat.
    case token(RefreshedCredentials)

    /// The refresher is about to call WeChat. Who cannot commit this one is fenced, and must not call.
    ///
    /// `generation`: of the token that the call will bring.
    case intent(CredentialName, generation: Int, instance: String)

    /// An instance asks for a token. `generation`: of the one that WeChat has refused; 0 if there is none.
    case rejected(CredentialName, generation: Int, instance: String, reason: String?)
}

/// The contents of a `token` record. Prints without its secrets.
package struct RefreshedCredentials: Sendable, Equatable {
    package let name: CredentialName
    /// By which the account is authorised. Nil of a component, and of an account with an AppSecret of its own.
    package let component: String?
    /// Counts the tokens of this account or component, from 1; 0 if there was none yet.
    package let generation: Int
    /// Nil if there is none that is good: a code was refused, or a refresh token was found in WeChat's list.
    package let accessToken: AccessToken?
    /// Not nil with `accessToken`.
    package let expiresAt: WallTime?
    /// An authorised account's.
    package let refreshToken: String?
    /// Offset of the last authorisation on the topic that this takes into account. A reader gives a record no force if a
    /// later authorisation is there. Nil: none.
    package let basedOn: Int64?

    package init(
        name: CredentialName, component: String?, generation: Int, accessToken: AccessToken?, expiresAt: WallTime?,
        refreshToken: String?, basedOn: Int64?
    ) {
        self.name = name
        self.component = component
        self.generation = generation
        self.accessToken = accessToken
        self.expiresAt = accessToken == nil ? nil : expiresAt
        self.refreshToken = refreshToken
        self.basedOn = basedOn
    }
}

extension CredentialTopicRecord {
    package var name: CredentialName {
        switch self {
        case .event(let event, _): event.name
        case .token(let refreshed): refreshed.name
        case .intent(let name, _, _), .rejected(let name, _, _, _): name
        }
    }

    package var key: CredentialTopicKey {
        switch self {
        case .event(.ticket, _): CredentialTopicKey(.ticket, of: name)
        case .event: CredentialTopicKey(.authorization, of: name)
        case .token: CredentialTopicKey(.token, of: name)
        case .intent: CredentialTopicKey(.intent, of: name)
        case .rejected: CredentialTopicKey(.rejected, of: name)
        }
    }

    /// The `type` in JSON.
    package var type: String {
        switch self {
        case .event(let event, _): event.kind
        case .token: "token"
        case .intent: "intent"
        case .rejected: "rejected"
        }
    }
}

extension CredentialTopicRecord: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .event(let event, _): "\(event)"
        case .token(let refreshed): "\(refreshed)"
        case .intent(let name, let generation, _): "intent to make generation \(generation) of \(name)"
        case .rejected(let name, let generation, _, _): "rejection of generation \(generation) of \(name)"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

extension RefreshedCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "token of \(name), generation \(generation)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
