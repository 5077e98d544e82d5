internal import EventLoop

/// A token with its times. Both are reckoned from the answer's `expires_in`, never from a constant: after a restart the
/// same token comes with what is left of its life.
struct IssuedToken: Equatable, Sendable {
    let token: AccessToken
    let expiresAt: MonotonicTime
    /// Before this, WeChat would hand out the same token again; it changes when 300 s are left.
    let refreshAt: MonotonicTime

    /// - Parameters:
    ///   - requestedAt: when the token was asked for; its life cannot have begun later than the answer came.
    ///   - fraction: from 0 to 1; spreads the instances' refreshes, by default between 120 and 240 s before the end.
    init(
        _ fetched: FetchedToken, requestedAt: MonotonicTime, fraction: Double,
        policy: TokenRefreshPolicy = .handedOutAgain
    ) {
        token = fetched.token
        expiresAt = requestedAt + fetched.lifetime
        let lead = min(policy.lead + policy.spread * fraction, fetched.lifetime / 2)
        refreshAt = requestedAt + (fetched.refreshAfter ?? fetched.lifetime - lead)
    }

    func isUsable(at now: MonotonicTime) -> Bool { now < expiresAt }
}
