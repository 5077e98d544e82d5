package import EventLoop

/// Where an account stands with its token, for status pages and readiness. Never the token.
package struct TokenStatus: Sendable, Equatable {
    package enum State: String, Sendable {
        case none
        case valid
        case refreshing
        case failed
    }

    package var account: String
    package var state: State
    /// Calls can be made now; also while another token is fetched.
    package var isUsable: Bool
    package var expiresAt: WallTime?
    /// The last failure, and when the token is asked for again.
    package var failure: APIFailure?
    package var nextTry: WallTime?
}
