import EventLoop
import TestSupport
import Testing

@testable import WeChat

/// A token endpoint in the test's hands: every fetch waits until the test ends it.
@EventLoopActor
final class ScriptedFetcher: TokenFetcher {
    private(set) var fetches = 0
    private(set) var last: AccessToken?
    var secret: WatchedSecret?
    private var pending: Waiter?
    private var outcome: Result<FetchedToken, APIError>?

    nonisolated init() {}

    var isFetching: Bool { pending != nil }

    func fetch(insteadOf last: AccessToken?, under interruption: Interruption) async throws(APIError) -> FetchedToken {
        self.last = last
        #expect(!isFetching, "two fetches at the same time")
        fetches += 1
        let waiter = Waiter()
        pending = waiter
        defer { pending = nil }
        do { try await waiter.wait(.everything, under: interruption) } catch { throw APIError(error) }
        guard let outcome else { preconditionFailure("a fetch was ended without an outcome") }
        return try outcome.get()
    }

    func succeed(_ token: String, lifetime: Duration = .seconds(7200)) async {
        await end(.success(FetchedToken(token: AccessToken(token), lifetime: lifetime)))
    }

    func fail(_ failure: APIFailure) async { await end(.failure(.failed(failure))) }

    /// Ends the fetch that is under way, and lets everybody see that.
    private func end(_ outcome: Result<FetchedToken, APIError>) async {
        await runUntilIdle()
        #expect(isFetching, "no fetch is under way")
        self.outcome = outcome
        pending?.resume()
        await runUntilIdle()
    }
}
