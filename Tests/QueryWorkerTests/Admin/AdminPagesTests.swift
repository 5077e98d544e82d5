import JSON
import Testing

@testable import HTTP
@testable import QueryWorker

struct AdminPagesTests {
    private let board: StatusBoard

    init() throws {
        let configuration = try ConfigurationFixture().load().configuration
        board = StatusBoard(WorkerIdentity(configuration, instanceID: "here-0"))
    }

    private func answer(_ path: String, method: String = "GET") -> HTTPServerResponse {
        AdminPages(board: board).answer(.asking(path, method: method))
    }

    private func text(_ response: HTTPServerResponse) -> String { String(decoding: response.body, as: UTF8.self) }

    @Test func beforeThereIsAWorkerItIsAliveAndNotReady() {
        board.starting("looks at the topics")
        #expect(answer("/livez").status == 200)
        #expect(answer("/readyz").status == 503)
        #expect(text(answer("/readyz")) == "starting: looks at the topics\n")
        #expect(text(answer("/metrics")).contains("\nquery_worker_ready 0\n"))
    }

    @Test func aWorkerWithoutFindingsIsReady() {
        board.put(WorkerStatus(board.identity, phase: .running, findings: []))
        #expect(text(answer("/readyz")) == "ready\n")
        #expect(answer("/readyz").status == 200)
        #expect(text(answer("/metrics")).contains("\nquery_worker_ready 1\n"))
    }

    @Test func aLoopThatDoesNotTurnIsLateAndBlocked() {
        let board = StatusBoard(board.identity, blockedAfter: .nanoseconds(-1))
        board.put(WorkerStatus(board.identity, phase: .running, findings: []))
        #expect(board.isBlocked && !board.current.isReady)
        #expect(AdminPages(board: board).answer(.asking("/livez")).status == 503)
    }

    @Test func everyReasonHasItsOwnLine() {
        let findings = Readiness.Reason.allCases.map { Readiness.Finding($0, "why") }
        board.put(WorkerStatus(board.identity, phase: .running, findings: findings))
        let lines = text(answer("/readyz")).split(separator: "\n")
        #expect(lines.map(String.init) == Readiness.Reason.allCases.map { "\($0.rawValue): why" })
        for reason in Readiness.Reason.allCases {
            #expect(text(answer("/metrics")).contains("query_worker_not_ready{reason=\"\(reason.rawValue)\"} 1\n"))
        }
    }

    @Test func theStatusIsJSONWhateverStandsInIt() throws {
        let board = board
        var status = WorkerStatus(board.identity, phase: .running, findings: [])
        status.jobs.oldest = (.milliseconds(1500), "\"<script>\u{1f}\n")
        status.partitions = [WorkerStatus.Partition(number: 3)]
        board.put(status)
        let root = try JSONDocument().parse(answer("/status").body)
        #expect(root["jobs"]?["oldest_job_id"]?.string == "\"<script>\u{1f}\n")
        #expect(root["jobs"]?["oldest_age_ms"]?.int64 == 1500)
        #expect(root["instance"]?["id"]?.string == "here-0")
        #expect(root["latency_ms"]?["process"]?["p50"]?.isNull == true)
    }

    /// A page that had its own name lead to 127.0.0.1 would read job ids.
    @Test(arguments: [
        ("127.0.0.1:9464", 200), ("localhost:9464", 200), ("[::1]:9464", 200), ("evil.example:9464", 421), ("", 421),
        ("127.evil.example", 421),
    ])
    func onLoopbackItServesThisMachineOnly(host: String, status: Int) {
        let request = HTTPServerRequest(
            method: "GET", path: "/status", query: [], headers: [("Host", host)], body: [])
        #expect(AdminPages(board: board, isLoopback: true).answer(request).status == status)
        #expect(AdminPages(board: board).answer(request).status == 200)
    }

    @Test func anyFreePortOfLoopbackServesThisMachineOnlyToo() {
        #expect(AdminAddress(host: "127.0.0.1", port: 0).isLoopback)
        #expect(!AdminAddress(host: "0.0.0.0", port: 0).isLoopback)
    }

    @Test func thereIsNothingElseAndItCanOnlyBeRead() {
        #expect(answer("/admin").status == 404)
        #expect(answer("/status", method: "POST").status == 405)
        #expect(answer("/livez", method: "HEAD").status == 200)
        #expect(answer("/").contentType == "text/html; charset=utf-8")
    }

    @Test func theStatusPageComesWithAPolicyThatLetsNothingElseIn() {
        let page = answer("/")
        #expect(text(page).hasPrefix("<!doctype html>"))
        #expect(text(page).hasSuffix("</html>\n"))
        let policy = page.headers.first { $0.name == "Content-Security-Policy" }?.value
        let rules = policy?.split(separator: ";").map { $0.drop { $0 == " " } } ?? []
        for rule in ["default-src 'none'", "connect-src 'self'", "frame-ancestors 'none'", "trusted-types 'none'"] {
            #expect(rules.contains { $0 == rule })
        }
    }
}

extension HTTPServerRequest {
    fileprivate static func asking(_ path: String, method: String = "GET") -> HTTPServerRequest {
        HTTPServerRequest(method: method, path: path, query: [], headers: [], body: [])
    }
}
