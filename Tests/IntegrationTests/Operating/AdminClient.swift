internal import Foundation
internal import TestSupport
internal import Testing

/// A worker's admin port, asked as a probe, a scraper or a person asks it.
struct AdminClient: Sendable {
    /// Has a worker listen where `init` will find it.
    static let setting = "admin.listen=127.0.0.1:0"

    let port: UInt16

    /// Waits until the worker has told where it listens, which is the first thing that it does.
    init(_ worker: ChildProcess) async throws {
        let line = try await worker.waitForLine(containing: #""message":"admin port""#).text
        let match = try #require(line.firstMatch(of: /"address":"127\.0\.0\.1:([0-9]+)"/), "\(line)")
        port = try #require(UInt16(match.output.1))
    }

    /// - Throws: where nobody listens any more.
    func get(_ path: String) async throws -> LoopbackConnection.Response {
        let response = try await onOwnThread { [port] in try LoopbackConnection(port: port).request("GET", path) }
        return try #require(response, "the admin port closed the connection")
    }

    func isAlive() async throws -> Bool { try await get("/livez").status == 200 }

    /// What keeps it from being ready, by reason; empty if it is ready.
    func findings() async throws -> [String: String] {
        let response = try await get("/readyz")
        if response.status == 200, response.body == "ready\n" { return [:] }
        try #require(response.status == 503)
        let lines = response.body.split(separator: "\n").map { $0.split(separator: ": ", maxSplits: 1) }
        return Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), String($0[1])) })
    }

    func metrics() async throws -> MetricsText { MetricsText(try await get("/metrics").body) }

    func status() async throws -> WorkerStatusPage {
        let body = try await get("/status").body
        return try JSONDecoder().decode(WorkerStatusPage.self, from: Data(body.utf8))
    }

    // MARK: Waiting

    /// Asks until there is that reason for not being ready.
    ///
    /// - Parameter isAlive: what `/livez` says all the while; nil where that changes, too.
    /// - Returns: the reason's message.
    @discardableResult
    func wait(
        for reason: String, within limit: Duration = .seconds(60), isAlive: Bool? = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        try await wait(for: "\(reason)", within: limit, isAlive: isAlive, sourceLocation) { $0[reason] }
    }

    func waitUntilReady(
        within limit: Duration = .seconds(60), isAlive: Bool? = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await wait(for: "ready", within: limit, isAlive: isAlive, sourceLocation) { $0.isEmpty ? () : nil }
    }

    private func wait<Found>(
        for wanted: String, within limit: Duration, isAlive: Bool?, _ sourceLocation: SourceLocation,
        _ find: ([String: String]) -> Found?
    ) async throws -> Found {
        let findings = try await poll("what \(wanted) is wanted of", within: limit, sourceLocation: sourceLocation) {
            if let isAlive { #expect(try await self.isAlive() == isAlive, sourceLocation: sourceLocation) }
            return try await self.findings()
        } until: {
            find($0) != nil
        }
        return try #require(find(findings))
    }

    /// Asks for the metrics until they are as wanted.
    @discardableResult
    func metrics(
        within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
        once isWanted: (MetricsText) -> Bool
    ) async throws -> MetricsText {
        try await poll("what the metrics say", within: limit, sourceLocation: sourceLocation) {
            try await metrics()
        } until: {
            isWanted($0)
        }
    }
}

/// Starts `query-worker run` with an admin port, and a readiness that is lost soon.
func withProbedWorker<Result>(
    _ topics: TestTopics, api: String, instance: String = "one", secret: String? = SimulatorProcess.secret,
    settings: [String] = [], _ body: (ChildProcess, AdminClient) async throws -> Result
) async throws -> Result {
    let all = [AdminClient.setting, "readiness.timeout=1s"] + settings
    return try await withWorker(topics, api: api, instance: instance, secret: secret, settings: all) { worker in
        try await body(worker, try await AdminClient(worker))
    }
}
