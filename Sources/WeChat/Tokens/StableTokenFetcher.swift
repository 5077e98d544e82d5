internal import EventLoop
internal import JSON

/// `/cgi-bin/stable_token` in its normal mode: hands the same token to everybody who asks, until 5 minutes before its
/// end. `force_refresh` is never used: it is scarce, and takes the token away from everybody else.
@EventLoopActor
struct StableTokenFetcher: TokenFetcher {
    let account: String
    private let appSecret: WatchedSecret
    private let calls: TokenCalls

    var secret: WatchedSecret? { appSecret }

    init(account: String, secret: WatchedSecret, calls: TokenCalls) {
        self.account = account
        appSecret = secret
        self.calls = calls
    }

    func fetch(insteadOf last: AccessToken?, under interruption: Interruption) async throws(APIError) -> FetchedToken {
        let secret = try await appSecret.read(under: interruption)
        let body = JSONWriter.object(["grant_type": "client_credential", "appid": account, "secret": secret])
        return try await calls.send(
            to: calls.baseURL + "/cgi-bin/stable_token", body: body, from: .token, secrets: [secret],
            under: interruption
        ) { answer throws(UnreadableAnswer) in try FetchedToken(answer) }
    }
}
