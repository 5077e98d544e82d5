internal import Foundation
internal import TestSupport
internal import Testing

/// A real Prometheus, which scrapes one worker every second.
struct PrometheusServer: Sendable {
    let process: ChildProcess
    private let port: UInt16

    fileprivate init(_ process: ChildProcess) async throws {
        self.process = process
        let line = try await process.waitForLine(containing: #"msg="Listening on""#, timeout: .seconds(60)).text
        let match = try #require(line.firstMatch(of: /address=127\.0\.0\.1:([0-9]+)/), "\(line)")
        port = try #require(UInt16(match.output.1))
        try await process.waitForLine(containing: "Server is ready to receive web requests", timeout: .seconds(60))
    }

    /// The values of the series that an expression gives now; in no order.
    func values(_ expression: String) async throws -> [Double] {
        struct Answer: Decodable {
            struct Data: Decodable {
                let result: [Series]
            }

            struct Series: Decodable {
                /// Seconds since 1970, and the value as a text.
                let value: Value
            }

            struct Value: Decodable {
                let text: String

                init(from decoder: any Decoder) throws {
                    var container = try decoder.unkeyedContainer()
                    _ = try container.decode(Double.self)
                    text = try container.decode(String.self)
                }
            }

            let data: Data
        }
        let query = expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let response = try await onOwnThread { [port] in
            try LoopbackConnection(port: port).request("GET", "/api/v1/query?query=\(query)")
        }
        let answer = try #require(response)
        try #require(answer.status == 200, "\(answer.body)")
        return try JSONDecoder().decode(Answer.self, from: Data(answer.body.utf8)).data.result.compactMap {
            Double($0.value.text)
        }
    }

    /// Asks until an expression gives one series, with that value.
    func wait(
        for expression: String, toBe value: Double, within limit: Duration = .seconds(60),
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await poll(
            "\(expression), wanted to be \(value),", every: .milliseconds(100), within: limit,
            sourceLocation: sourceLocation
        ) {
            try await values(expression)
        } until: {
            $0 == [value]
        }
    }
}

/// Starts a Prometheus that scrapes the admin port, for as long as `body` takes.
func withPrometheus<Result>(
    scraping admin: AdminClient, _ body: (PrometheusServer) async throws -> Result
) async throws -> Result {
    try await withTemporaryDirectory { directory in
        let configuration = """
            global: {scrape_interval: 1s}
            scrape_configs:
              - job_name: worker
                static_configs: [{targets: ["127.0.0.1:\(admin.port)"]}]
            """
        try configuration.write(toFile: directory + "/prometheus.yml", atomically: true, encoding: .utf8)
        let arguments = [
            "--config.file=\(directory)/prometheus.yml", "--storage.tsdb.path=\(directory)/data",
            "--web.listen-address=127.0.0.1:0",
        ]
        return try await withChildProcess(.path("/usr/bin/prometheus"), arguments: arguments) { process in
            try await body(try await PrometheusServer(process))
        }
    }
}

/// What `promtool check metrics` has to say against a text; empty if nothing.
func promtoolFindings(in text: String) async throws -> [String] {
    try await withTemporaryFile(text) { file in
        let command = "exec /usr/bin/promtool check metrics < '\(file)'"
        return try await withChildProcess(.path("/bin/sh"), arguments: ["-c", command]) { process in
            let status = try await process.waitForExit()
            return process.lines.map(\.text) + (status == 0 ? [] : ["status \(status)"])
        }
    }
}
