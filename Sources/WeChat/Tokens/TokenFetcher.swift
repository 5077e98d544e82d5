internal import EventLoop
internal import JSON

/// Gets an account's token from wherever its mode says. Never called twice at the same time for one account.
@EventLoopActor
protocol TokenFetcher {
    /// - Parameter last: the token that the account had last, which was refused or is about to end: whoever shares tokens
    ///   through a store must not answer with it again.
    func fetch(insteadOf last: AccessToken?, under interruption: Interruption) async throws(APIError) -> FetchedToken

    /// What a fetch proves itself with. Looked at each second while the account has failed for its credentials.
    var secret: WatchedSecret? { get }

    /// Whether a fetch now waits for another instance to make it.
    var isElsewhere: Bool { get }
}

extension TokenFetcher {
    var secret: WatchedSecret? { nil }
    var isElsewhere: Bool { false }
}

/// A token as it was handed out.
struct FetchedToken: Sendable, Equatable {
    let token: AccessToken
    /// What is left of its life.
    let lifetime: Duration
    /// When to look again, for tokens that somebody else may replace at any time; by default shortly before the end.
    var refreshAfter: Duration?

    init(token: AccessToken, lifetime: Duration, refreshAfter: Duration? = nil) {
        self.token = token
        self.lifetime = lifetime
        self.refreshAfter = refreshAfter
    }

    /// - Parameter name: the member that holds the token.
    init(_ answer: JSONValue, _ name: StaticString = "access_token") throws(UnreadableAnswer) {
        guard let token = try answer.text(name), !token.isEmpty else {
            throw UnreadableAnswer("\(name): missing or empty")
        }
        guard let seconds = try answer.unsigned("expires_in"), seconds > 0, seconds < 1 << 31 else {
            throw UnreadableAnswer("expires_in: a number of seconds above 0 was expected")
        }
        self.init(token: AccessToken(token), lifetime: .seconds(Int64(seconds)))
    }
}
