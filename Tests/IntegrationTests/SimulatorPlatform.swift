import JSON
import TestSupport
import Testing

@testable import query_worker

/// A third-party platform as the simulator sees it, with the tokens it got last.
final class SimulatorPlatform {
    let client: SimulatorClient
    var componentToken = ""
    var refreshToken = ""

    private let component: String

    init(_ simulator: Simulator, component: String = "wxc1") throws {
        client = try SimulatorClient(simulator)
        self.component = component
    }

    func fetchComponentToken(secret: String = "s3cret", ticket: String = "t1") throws -> Int64 {
        let body =
            #"{"component_appid":"\#(component)","component_appsecret":"\#(secret)","#
            + #""component_verify_ticket":"\#(ticket)"}"#
        let response = try client.connection.request("POST", "/cgi-bin/component/api_component_token", body: body)
        let root = try JSONDocument().parse(Array(#require(response).body.utf8))
        componentToken = root["component_access_token"]?.string ?? componentToken
        return root["errcode"]?.int64 ?? 0
    }

    /// Leaves the merchant's access token in the client.
    func refresh(
        _ appid: String = "wxm1", with refreshToken: String? = nil, parameter: String = "component_access_token"
    ) throws -> Int64 {
        let body =
            #"{"component_appid":"\#(component)","authorizer_appid":"\#(appid)","#
            + #""authorizer_refresh_token":"\#(refreshToken ?? self.refreshToken)"}"#
        let root = try JSONDocument().parse(Array(call("api_authorizer_token", body, parameter: parameter).utf8))
        if let token = root["authorizer_access_token"]?.string { client.token = token }
        if let token = root["authorizer_refresh_token"]?.string { self.refreshToken = token }
        return root["errcode"]?.int64 ?? 0
    }

    /// The body of the answer of one of the component's endpoints.
    func call(_ endpoint: String, _ body: String, parameter: String = "component_access_token") throws -> String {
        let target = "/cgi-bin/component/\(endpoint)?\(parameter)=\(componentToken)"
        return try #require(try client.connection.request("POST", target, body: body)).body
    }
}
