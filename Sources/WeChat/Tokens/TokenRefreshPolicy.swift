internal import EventLoop

/// When a mode's tokens are renewed before anybody wants another.
struct TokenRefreshPolicy: Equatable, Sendable {
    /// How long before a token's end, at the least.
    var lead: Duration
    /// Instances spread their refreshes over so much before that.
    var spread: Duration
    /// Only if somebody has asked for the token within so long; else it is renewed when it is wanted.
    var onlyIfUsedWithin: Duration?
    /// Each fetch issues another token, so that refusals of different tokens in a row are still one trouble.
    var issuesAnother = false

    /// So long a token must still last to be taken from the store at first sight.
    var reserve: Duration { lead + spread + .seconds(60) }

    /// WeChat hands out the same token until 300 s before its end; the same for tokens that others keep.
    static let handedOutAgain = TokenRefreshPolicy(lead: .seconds(120), spread: .seconds(120))
    static let everyFetchIsNew = TokenRefreshPolicy(lead: .seconds(120), spread: .seconds(120), issuesAnother: true)
    /// At about 1 h 50 of two hours, as WeChat advises.
    static let component = TokenRefreshPolicy(lead: .seconds(600), spread: .seconds(60), issuesAnother: true)
    /// A platform has many merchants, and a daily limit for their tokens.
    static let authorizer = TokenRefreshPolicy(
        lead: .seconds(120), spread: .seconds(120), onlyIfUsedWithin: .seconds(3600), issuesAnother: true)
}
