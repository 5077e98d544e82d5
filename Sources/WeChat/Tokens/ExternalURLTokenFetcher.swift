internal import EventLoop

/// The token that another service answers with. Its URL may hold credentials, so that no message repeats any of it.
@EventLoopActor
struct ExternalURLTokenFetcher: TokenFetcher {
    private let account: String
    private let url: String
    private let calls: TokenCalls
    private let clock: any LoopClock

    init(account: String, url: String, calls: TokenCalls, clock: any LoopClock) {
        self.account = account
        self.url = url
        self.calls = calls
        self.clock = clock
    }

    func fetch(insteadOf last: AccessToken?, under interruption: Interruption) async throws(APIError) -> FetchedToken {
        let external: ExternalToken
        do {
            external = try await calls.send(
                to: url, body: nil, from: .token, secrets: secrets, under: interruption
            ) { answer throws(UnreadableAnswer) in try ExternalToken(json: answer) }
        } catch {
            guard case .failed(let failure) = error else { throw error }
            throw .failed(explained(failure))
        }
        let rest: Duration? =
            switch external.life {
            case .unknown: nil
            case .seconds(let seconds): .seconds(seconds)
            case .until(let end): end - clock.wallTime
            }
        if let rest, rest <= .zero {
            throw .failed(
                APIFailure(
                    kind: .protocolError,
                    message: "the token service of account \(account) answers with an expired token",
                    retryable: true, disposition: .retry))
        }
        return external.fetched(rest: rest)
    }

    private func explained(_ failure: APIFailure) -> APIFailure {
        var failure = failure.about("the token service of account \(account)")
        if failure.httpStatus == 401 || failure.httpStatus == 403 {
            failure.kind = .credentials
            failure.disposition = .holdAccount
        }
        return failure
    }

    /// All of the URL but its host that a server could repeat, as it stands there and as the server reads it.
    private var secrets: [String] {
        let rest = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let user = authority.lastIndex(of: "@").map { authority[..<$0] } ?? ""
        let path = rest[authority.endIndex...].prefix { $0 != "?" }
        let query = rest[path.endIndex...].dropFirst()
        let values = query.split(separator: "&").compactMap { $0.split(separator: "=", maxSplits: 1).dropFirst().first }
        let parts = [url[...], user, path, query] + user.split(separator: ":") + path.split(separator: "/") + values
        // Longest first, so that no part of one is left behind when a shorter one is masked within it.
        return Set(parts.map(String.init) + parts.map { String($0).percentDecoded }).filter { $0.utf8.count > 2 }
            .sorted { $0.utf8.count > $1.utf8.count }
    }
}
