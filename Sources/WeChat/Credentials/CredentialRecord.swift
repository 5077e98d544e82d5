package import EventLoop

/// All that is kept of one account or component beyond the life of a process. Prints without its secrets.
package struct CredentialRecord: Sendable, Equatable {
    /// The access token in use: a component's, a merchant's, or one of `mode=token`.
    package var token: StoredToken?
    /// An authorised account's: what its access tokens are refreshed with. Replaced by whatever a refresh returns.
    package var refreshToken: String?
    /// An authorised account's, until it is exchanged for a refresh token.
    package var authorizationCode: String?
    /// The component by which the account is authorised.
    package var component: String?
    /// The merchant took the authorisation back; nothing else of the record is good any more.
    package var isUnauthorized = false
    /// A component's `component_verify_ticket`, and when it came.
    package var ticket: String?
    package var ticketReceivedAt: WallTime?

    package init() {}
}

/// An access token with its end in wall time, which other processes and the next start can reckon with.
package struct StoredToken: Sendable, Equatable {
    package var value: AccessToken
    package var expiresAt: WallTime
    /// How many tokens came before it since the record was last authorised; for people and for other stores.
    package var generation: Int

    package init(value: AccessToken, expiresAt: WallTime, generation: Int) {
        self.value = value
        self.expiresAt = expiresAt
        self.generation = generation
    }
}

extension CredentialRecord: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "a credential record" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
