internal import EventLoop

/// `/cgi-bin/token`: every call issues a new token, and ends the one before after 5 minutes. So instances share theirs
/// through the credential store: whoever holds the record's lock looks for a good token there before it calls.
@EventLoopActor
struct LegacyTokenFetcher: TokenFetcher {
    let account: String
    private let appSecret: WatchedSecret
    private let calls: TokenCalls
    private let records: SharedRecords

    var secret: WatchedSecret? { appSecret }

    init(account: String, secret: WatchedSecret, calls: TokenCalls, records: SharedRecords) {
        self.account = account
        appSecret = secret
        self.calls = calls
        self.records = records
    }

    var isElsewhere: Bool { records.isChangedElsewhere }

    func fetch(insteadOf last: AccessToken?, under interruption: Interruption) async throws(APIError) -> FetchedToken {
        try await records.token(
            of: .account(account), insteadOf: last, reserve: TokenRefreshPolicy.everyFetchIsNew.reserve
        ) {
            _ throws(APIError) in
            let secret = try await appSecret.read(under: interruption)
            let url =
                "\(calls.baseURL)/cgi-bin/token?grant_type=client_credential"
                + "&appid=\(account.percentEncoded)&secret=\(secret.percentEncoded)"
            return try await calls.send(
                to: url, body: nil, from: .token, secrets: [secret], ownedBy: records, under: interruption
            ) {
                answer throws(UnreadableAnswer) in try FetchedToken(answer)
            }
        }
    }
}
