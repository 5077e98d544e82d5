internal import EventLoop

/// Gets an account's token from wherever its mode says. Never called twice at the same time for one account.
@EventLoopActor
protocol TokenFetcher {
    func fetch(under interruption: Interruption) async throws(APIError) -> FetchedToken
}

/// A token as it was handed out.
struct FetchedToken: Sendable, Equatable {
    let token: AccessToken
    /// What is left of its life.
    let lifetime: Duration
}
