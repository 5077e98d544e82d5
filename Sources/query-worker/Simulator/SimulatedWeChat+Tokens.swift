internal import HTTP
internal import JSON

/// The endpoints that hand out tokens: accounts' here, components' in `SimulatedWeChat+Components`.
extension SimulatedWeChat {
    mutating func answerTokenCall(_ call: SimulatedCall) -> SimulatedAnswer {
        let drawn = (options.tokenLatency ?? options.latency).draw(using: &generator)
        let response: HTTPServerResponse
        do throws(SimulatedErrorCode) {
            try respondToTokenCall(call)
            statistics.count(call.endpoint, .succeeded)
            response = json()
        } catch {
            response = refuse(call, error)
        }
        return SimulatedAnswer(delay: options.troubles.tokensHang ? nil : drawn, content: .respond(response))
    }

    /// Leaves the answer in the writer.
    private mutating func respondToTokenCall(_ call: SimulatedCall) throws(SimulatedErrorCode) {
        let request = call.endpoint.method == "POST" ? try? document.parse(call.body) : nil
        let account = account(of: call, request)
        if let account { statistics.askedForToken(call.endpoint, by: account) }
        if options.troubles.refusesAddressOfTokens { throw call.endpoint.refusalOfAddress }
        if let code = options.troubles.tokenErrors.draw(for: account, using: &generator) { throw code }
        if call.endpoint == .legacyToken { return try respondToLegacyToken(call) }
        guard let request else { throw .notJSON }
        switch call.endpoint {
        case .stableToken: try respondToStableToken(call, request)
        case .componentToken: try respondToComponentToken(call, request)
        case .authorizerToken: try respondToAuthorizerToken(call, request)
        case .queryAuth: try respondToQueryAuth(call, request)
        case .authorizerList: try respondToAuthorizerList(call, request)
        case .query, .legacyToken: preconditionFailure("\(call.endpoint) is answered elsewhere")
        }
    }

    /// Whom the call names, known or not.
    private func account(of call: SimulatedCall, _ request: JSONValue?) -> String? {
        switch call.endpoint {
        case .query: nil
        case .legacyToken: call.queryItem("appid")
        case .stableToken: request?["appid"]?.string
        case .authorizerToken: request?["authorizer_appid"]?.string
        case .componentToken, .queryAuth, .authorizerList: request?["component_appid"]?.string
        }
    }

    // MARK: /cgi-bin/stable_token, /cgi-bin/token

    private mutating func respondToStableToken(
        _ call: SimulatedCall, _ request: JSONValue
    ) throws(SimulatedErrorCode) {
        let appid = try checkAccount(
            grantType: request["grant_type"]?.string, appid: request["appid"]?.string,
            secret: request["secret"]?.string)
        let issued = tokens.issueStable(
            appid: appid, lifetime: options.tokenLifetime, isForced: request["force_refresh"]?.bool ?? false,
            at: call.time, using: &generator)
        if issued.isNew { statistics.tokenIssued(to: appid) }
        writer.write(issued, as: "access_token")
    }

    /// Tokens of this endpoint and of `stable_token` do not know of each other.
    private mutating func respondToLegacyToken(_ call: SimulatedCall) throws(SimulatedErrorCode) {
        let appid = try checkAccount(
            grantType: call.queryItem("grant_type"), appid: call.queryItem("appid"), secret: call.queryItem("secret"))
        let issued = tokens.issue(
            to: SimulatedTokens.Owner(kind: .legacy, appid: appid), lifetime: options.tokenLifetime,
            overlap: options.tokenOverlap, at: call.time, using: &generator)
        statistics.tokenIssued(to: appid)
        writer.write(issued, as: "access_token")
    }

    private func checkAccount(
        grantType: String?, appid: String?, secret: String?
    ) throws(SimulatedErrorCode) -> String {
        guard grantType == "client_credential" else { throw .invalidGrantType }
        guard let appid, !appid.isEmpty else { throw .appIDMissing }
        guard let secret, !secret.isEmpty else { throw .secretMissing }
        guard !options.accounts.isEmpty else { return appid }
        guard let expected = options.accounts[appid] else { throw .invalidAppID }
        guard secret == expected else { throw .invalidCredential }
        return appid
    }
}
