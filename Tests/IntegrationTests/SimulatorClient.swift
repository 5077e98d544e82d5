import JSON
import TestSupport
import Testing

@testable import query_worker

/// A client of a simulator in this process: one connection, and the token it got last.
final class SimulatorClient {
    let connection: LoopbackConnection
    var token = ""
    /// A simulator ends with its last owner.
    private let simulator: Simulator

    init(_ simulator: Simulator) throws {
        self.simulator = simulator
        connection = try LoopbackConnection(port: simulator.port)
    }

    static func options(_ arguments: [String]) throws -> SimulatorOptions {
        try SimulatorOptions(arguments: ["--listen", "127.0.0.1:0", "--latency", "0ms"] + arguments)
    }

    /// Nil if the connection was closed; -2 in place of an error code if the answer is no JSON.
    func query(
        _ body: String = #"{"application_id":1}"#
    ) throws -> (errcode: Int64, body: String, status: Int, headers: [String: String])? {
        let target = "/intp/marketcode/applycodequery?access_token=\(token)"
        guard let response = try connection.request("POST", target, body: body) else { return nil }
        let root = try? JSONDocument().parse(Array(response.body.utf8))
        return (root?["errcode"]?.int64 ?? -2, response.body, response.status, response.headers)
    }

    /// A query's error code, 0 for success.
    func errcode() throws -> Int64? { try query()?.errcode }

    @discardableResult
    func fetchToken(appid: String = "wx1", secret: String = "s1", more: String = "") throws -> Int64 {
        let body = #"{"grant_type":"client_credential","appid":"\#(appid)","secret":"\#(secret)"\#(more)}"#
        let response = try #require(try connection.request("POST", "/cgi-bin/stable_token", body: body))
        let root = try JSONDocument().parse(Array(response.body.utf8))
        token = root["access_token"]?.string ?? ""
        return root["errcode"]?.int64 ?? 0
    }

    @discardableResult
    func fetchLegacyToken(appid: String = "wx1", secret: String = "s1") throws -> Int64 {
        let target = "/cgi-bin/token?grant_type=client_credential&appid=\(appid)&secret=\(secret)"
        let response = try #require(try connection.request("GET", target))
        let root = try JSONDocument().parse(Array(response.body.utf8))
        token = root["access_token"]?.string ?? ""
        return root["errcode"]?.int64 ?? 0
    }

    /// What the simulator says to flags, one a line.
    func set(_ flags: String) throws -> LoopbackConnection.Response? {
        try connection.request("POST", "/options", body: flags)
    }
}
