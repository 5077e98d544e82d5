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

    /// All of the URL behind its host that a server could repeat.
    private var secrets: [String] {
        let authority = url.firstRange(of: "://").map { url[$0.upperBound...] } ?? url[...]
        let query = authority.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        let values = query.split(separator: "&").compactMap { $0.split(separator: "=", maxSplits: 1).dropFirst().first }
        let user = authority.prefix { $0 != "/" && $0 != "?" }.split(separator: "@").dropLast().joined(separator: "@")
        let parts = user.split(separator: ":").map(String.init)
        // Longest first, so that no part of one is left behind when a shorter one is masked within it.
        return ([url, String(query), user] + parts + values.map(String.init)).filter { $0.utf8.count > 2 }
            .sorted { $0.utf8.count > $1.utf8.count }
    }
}
