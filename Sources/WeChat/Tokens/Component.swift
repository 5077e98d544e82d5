internal import EventLoop
internal import JSON

/// A third-party platform: its own access token, and the calls that it makes with it about accounts that have authorised
/// it.
///
/// What is refused with a token's error code at these calls is the component's token, not the account's: it is replaced,
/// unless somebody else has done so meanwhile, and the call is made once more.
@EventLoopActor
final class Component {
    let appID: String
    let acceptsAnyAccount: Bool
    /// One for all accounts.
    let tokens: TokenProvider
    /// The accounts that have authorised it; see `authorizer`.
    let authorizers: AuthorizerList
    private let calls: TokenCalls

    init(
        appID: String, acceptsAnyAccount: Bool, tokens: TokenProvider, authorizers: AuthorizerList, calls: TokenCalls
    ) {
        self.appID = appID
        self.acceptsAnyAccount = acceptsAnyAccount
        self.tokens = tokens
        self.authorizers = authorizers
        self.calls = calls
    }

    func close() {
        tokens.close()
        authorizers.close()
    }

    /// `api_query_auth`: what an authorisation code is exchanged for. A code is good once.
    func exchange(
        _ code: String, of account: String, ownedBy records: SharedRecords, under interruption: Interruption
    ) async throws(APIError) -> Authorization {
        try await call(
            "api_query_auth", ["component_appid": appID, "authorization_code": code], secrets: [code],
            ownedBy: records, under: interruption
        ) { answer throws(UnreadableAnswer) in
            guard let info = answer.member("authorization_info") else {
                throw UnreadableAnswer("authorization_info: missing")
            }
            if let owner = try info.text("authorizer_appid"), owner.lowercased() != account.lowercased() {
                throw UnreadableAnswer("authorizer_appid: the authorisation code is another account's")
            }
            return try Authorization(info)
        }
    }

    /// `api_authorizer_token`: an access token, and the refresh token that counts from now on.
    func refresh(
        _ refreshToken: String, of account: String, ownedBy records: SharedRecords, under interruption: Interruption
    ) async throws(APIError) -> Authorization {
        try await call(
            "api_authorizer_token",
            ["component_appid": appID, "authorizer_appid": account, "authorizer_refresh_token": refreshToken],
            secrets: [refreshToken], ownedBy: records, under: interruption
        ) { answer throws(UnreadableAnswer) in try Authorization(answer) }
    }

    /// An account in WeChat's list of those that have authorised the component; nil if it is not there.
    /// - Parameter age: how old the list may be; `zero` for one that is read after this call.
    func authorizer(
        _ account: String, notOlderThan age: Duration, under interruption: Interruption
    ) async throws(APIError) -> AuthorizerPage.Entry? {
        try await authorizers.entry(of: account, notOlderThan: age, under: interruption) {
            [self] offset, interruption throws(APIError) in try await page(from: offset, under: interruption)
        }
    }

    /// One page of `api_get_authorizer_list`.
    private func page(from offset: Int, under interruption: Interruption) async throws(APIError) -> AuthorizerPage {
        var body = JSONWriter()
        body.beginObject()
        body.key("component_appid")
        body.string(appID)
        body.key("offset")
        body.integer(offset)
        body.key("count")
        body.integer(AuthorizerPage.size)
        body.endObject()
        return try await call("api_get_authorizer_list", body.bytes, secrets: [], under: interruption) {
            answer throws(UnreadableAnswer) in try AuthorizerPage(answer)
        }
    }

    // MARK: Calls with the component's token

    private func call<Answer>(
        _ name: String, _ members: KeyValuePairs<StaticString, String>, secrets: [String],
        ownedBy records: SharedRecords, under interruption: Interruption,
        read: (JSONValue) throws(UnreadableAnswer) -> Answer
    ) async throws(APIError) -> Answer {
        try await call(
            name, JSONWriter.object(members), secrets: secrets, ownedBy: records, under: interruption, read: read)
    }

    private func call<Answer>(
        _ name: String, _ body: [UInt8], secrets: [String], ownedBy records: SharedRecords? = nil,
        under interruption: Interruption, read: (JSONValue) throws(UnreadableAnswer) -> Answer
    ) async throws(APIError) -> Answer {
        let first = try await tokens.token(under: interruption)
        let refusal: APIFailure
        do { return try await send(name, body, first, secrets, records, interruption, read) } catch {
            guard case .failed(let failure) = error, failure.disposition == .refreshToken else { throw error }
            refusal = failure
        }
        tokens.refused(first, errcode: refusal.errcode)
        let second = try await tokens.token(under: interruption)
        guard second != first else { throw .failed(refusal.withTokenRejected.about("component \(appID)")) }
        do { return try await send(name, body, second, secrets, records, interruption, read) } catch {
            guard case .failed(let failure) = error, failure.disposition == .refreshToken else { throw error }
            tokens.refused(second, errcode: failure.errcode)
            throw .failed(failure.withTokenRejected.about("component \(appID)"))
        }
    }

    private func send<Answer>(
        _ name: String, _ body: [UInt8], _ token: AccessToken, _ secrets: [String], _ records: SharedRecords?,
        _ interruption: Interruption, _ read: (JSONValue) throws(UnreadableAnswer) -> Answer
    ) async throws(APIError) -> Answer {
        try await calls.send(
            to: "\(calls.baseURL)/cgi-bin/component/\(name)?component_\(token.query)", body: body, from: .component,
            secrets: secrets + [token.value], ownedBy: records, under: interruption, read: read)
    }
}
