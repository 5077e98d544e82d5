internal import Foundation
internal import TestSupport
internal import Testing

/// `query-worker simulate`, on a port of its own.
struct SimulatorProcess: Sendable {
    let process: ChildProcess
    let url: String

    let port: Int

    static let account = "wx00000000000test1"
    static let secret = "secret-of-the-test-account"

    /// Ends it, and reads what it says that it was asked.
    func statistics() async throws -> Statistics {
        process.terminate()
        try await process.waitForExit()
        let line = try #require(process.lines(of: .standardOutput).last)
        return try JSONDecoder().decode(Statistics.self, from: Data(line.utf8))
    }

    /// What it was asked until now.
    func currentStatistics() async throws -> Statistics {
        let response = try await request("GET", "/stats")
        return try JSONDecoder().decode(Statistics.self, from: Data(response.utf8))
    }

    /// Changes it while it runs: flags of the command, as `["--error", "45009=0.5", "--chinese"]`.
    func set(_ flags: [String]) async throws {
        let lines = flags.reduce(into: "") { $0 += ($1.hasPrefix("--") ? "\n" : " ") + $1 }
        try await request("POST", "/options", body: lines)
    }

    /// That account's good tokens are bad when this returns.
    func revoke(account: String = Self.account) async throws {
        try await request("POST", "/revoke?account=\(account)")
    }

    func revokeAll() async throws { try await request("POST", "/revoke?all=1") }

    /// - Returns: the body of an answer with status 200; any other fails the test.
    @discardableResult
    private func request(_ method: String, _ target: String, body: String = "") async throws -> String {
        let port = UInt16(port)
        let response = try await onOwnThread {
            try LoopbackConnection(port: port).request(method, target, body: body)
        }
        let answer = try #require(response, "the simulator closed the connection")
        try #require(answer.status == 200, "\(target): \(answer.body)")
        return answer.body
    }
}

func withSimulator<Result>(
    _ arguments: [String] = [], _ body: (SimulatorProcess) async throws -> Result
) async throws -> Result {
    let fixed = [
        "simulate", "--listen", "127.0.0.1:0", "--account", "\(SimulatorProcess.account)=\(SimulatorProcess.secret)",
    ]
    return try await withChildProcess(.product("query-worker"), arguments: fixed + arguments) { process in
        let line = try await process.waitForLine(containing: "http://127.0.0.1:").text
        let start = try #require(line.range(of: "http://127.0.0.1:"))
        let port = line[start.upperBound...].prefix { $0.isNumber }
        return try await body(SimulatorProcess(process: process, url: "http://127.0.0.1:\(port)", port: Int(port) ?? 0))
    }
}
