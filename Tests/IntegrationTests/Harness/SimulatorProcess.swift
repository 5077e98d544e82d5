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

    struct Statistics: Decodable {
        struct Endpoint: Decodable { let calls: Int }

        let applycodequery: Endpoint
        let stable_token: Endpoint
        let distinct_application_ids: Int
        let tokens_revoked: Int
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
