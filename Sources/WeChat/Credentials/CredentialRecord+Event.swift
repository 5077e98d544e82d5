package import EventLoop

extension CredentialRecord {
    /// Makes the change that an event stands for.
    ///
    /// Taking in the same event again does no harm, except that a code that was exchanged meanwhile is there again:
    /// who exchanges codes goes on with the refresh token if WeChat refuses the code.
    ///
    /// - Parameter time: when the event came.
    /// - Returns: false if the event came too late to count, and nothing was changed.
    @discardableResult
    package mutating func apply(_ event: CredentialEvent, at time: WallTime) -> Bool {
        switch event {
        case .ticket(_, let ticket):
            // An older one may arrive last: from a receiver that stood still, or by hand.
            if let ticketReceivedAt, self.ticket != nil, time < ticketReceivedAt { return false }
            self.ticket = ticket
            ticketReceivedAt = time
        case .authorizedByCode(let component, _, let code):
            authorize(by: component)
            authorizationCode = code
        case .authorizedByRefreshToken(let component, _, let refreshToken):
            authorize(by: component)
            authorizationCode = nil
            self.refreshToken = refreshToken
        case .unauthorized(let component, _):
            // The merchant left one platform for another, and the other's authorisation stands.
            if let current = self.component, current.lowercased() != component.lowercased() { return false }
            self.component = component
            isUnauthorized = true
            token = nil
            refreshToken = nil
            authorizationCode = nil
        }
        return true
    }

    /// What was granted through another component is of no use to this one.
    private mutating func authorize(by component: String) {
        if let current = self.component, current.lowercased() != component.lowercased() { refreshToken = nil }
        self.component = component
        isUnauthorized = false
        token = nil
    }
}
