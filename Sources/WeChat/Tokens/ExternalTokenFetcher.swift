internal import EventLoop

/// The token that another service keeps in a file, or that is configured. Read again every minute, since nothing tells
/// when it is replaced.
///
/// `expires_in` is what was left when the file was written, and nobody knows when that was: it counts from the first time
/// that this content is read.
@EventLoopActor
final class ExternalTokenFetcher: TokenFetcher {
    private let account: String
    private let text: WatchedSecret
    private let clock: any LoopClock
    /// The token read last, and its end.
    private var known: (token: AccessToken, seconds: Int64, expiresAt: MonotonicTime)?

    var secret: WatchedSecret? { text }

    init(account: String, text: WatchedSecret, clock: any LoopClock) {
        self.account = account
        self.text = text
        self.clock = clock
    }

    func fetch(insteadOf last: AccessToken?, under interruption: Interruption) async throws(APIError) -> FetchedToken {
        let text = try await text.read(under: interruption)
        let external: ExternalToken
        do { external = try ExternalToken(text: text) } catch {
            throw .failed(.credentials("the token of account \(account) cannot be read: \(error.problem)"))
        }
        let rest = rest(of: external)
        if let rest, rest <= .zero {
            throw .failed(
                .credentials(
                    "the token of account \(account) has expired; the service that keeps it must replace it"))
        }
        return external.fetched(rest: rest)
    }

    private func rest(of external: ExternalToken) -> Duration? {
        switch external.life {
        case .unknown: return nil
        case .until(let end): return end - clock.wallTime
        case .seconds(let seconds):
            if let known, known.token == external.token, known.seconds == seconds { return known.expiresAt - clock.now }
            known = (external.token, seconds, clock.now + .seconds(seconds))
            return .seconds(seconds)
        }
    }
}
