internal import JSON

/// The endpoints of third-party platforms, below /cgi-bin/component. Each leaves its answer in the writer.
extension SimulatedWeChat {
    mutating func respondToComponentToken(_ call: SimulatedCall, _ request: JSONValue) throws(SimulatedErrorCode) {
        guard let component = request["component_appid"]?.string, !component.isEmpty else { throw .appIDMissing }
        guard let secret = request["component_appsecret"]?.string, !secret.isEmpty else { throw .secretMissing }
        let ticket = request["component_verify_ticket"]?.string ?? ""
        try options.components.check(component, secret: secret, ticket: ticket)
        writer.write(issue(.component, to: component, call), as: "component_access_token")
    }

    mutating func respondToAuthorizerToken(_ call: SimulatedCall, _ request: JSONValue) throws(SimulatedErrorCode) {
        let component = try component(of: call, request)
        let appid = request["authorizer_appid"]?.string ?? ""
        let refreshToken = try options.components.refresh(
            appid, of: component, with: request["authorizer_refresh_token"]?.string ?? "", at: call.time)
        statistics.refreshed(appid)
        writer.write(
            issue(.authorizer(component: component), to: appid, call), as: "authorizer_access_token",
            refreshToken: refreshToken)
    }

    mutating func respondToQueryAuth(_ call: SimulatedCall, _ request: JSONValue) throws(SimulatedErrorCode) {
        let component = try component(of: call, request)
        let code = request["authorization_code"]?.string ?? ""
        let (appid, refreshToken) = try options.components.exchange(code, of: component)
        writer.write(
            authorizationOf: appid, issue(.authorizer(component: component), to: appid, call),
            refreshToken: refreshToken)
    }

    mutating func respondToAuthorizerList(_ call: SimulatedCall, _ request: JSONValue) throws(SimulatedErrorCode) {
        let component = try component(of: call, request)
        let offset = Int(clamping: request["offset"]?.int64 ?? 0)
        let count = Int(clamping: request["count"]?.int64 ?? 100)
        guard offset >= 0, (1...500).contains(count) else { throw .invalidArguments }
        let all = options.components.authorizers(of: component)
        writer.write(all.dropFirst(offset).prefix(count), of: all.count)
    }

    /// The component whose good token the call carries, and which its body must name too.
    private func component(of call: SimulatedCall, _ request: JSONValue) throws(SimulatedErrorCode) -> String {
        // The name of the parameter is another one on WeChat's new pages.
        guard let token = call.queryItem("component_access_token") ?? call.queryItem("access_token") else {
            throw .componentTokenMissing
        }
        let owner = try tokens.check(token, at: call.time)
        guard owner.kind == .component else { throw .invalidCredential }
        guard request["component_appid"]?.string == owner.appid else { throw .invalidAppID }
        return owner.appid
    }

    private mutating func issue(
        _ kind: SimulatedTokens.Owner.Kind, to appid: String, _ call: SimulatedCall
    ) -> SimulatedTokens.Issued {
        statistics.tokenIssued(to: appid)
        return tokens.issue(
            to: SimulatedTokens.Owner(kind: kind, appid: appid), lifetime: options.tokenLifetime,
            overlap: options.componentOverlap, at: call.time, using: &generator)
    }
}
