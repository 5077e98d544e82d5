import JSON
import Testing

@testable import QueryWorker

@Suite struct CheckReportTests {
    @Test(
        arguments: [
            ([], 0), ([.ok, .warning, .skipped], 0), ([.failed(.fatal)], 70),
            ([.failed(.permission), .failed(.fatal)], 77),
            ([.failed(.fatal), .failed(.permission), .failed(.configuration)], 78),
        ] as [([CheckFinding.Status], Int32)])
    func endsWithTheMostUrgentCause(_ statuses: [CheckFinding.Status], exitCode: Int32) {
        #expect(CheckReport(statuses.map { CheckFinding($0, "a", "b") }).exitCode == exitCode)
    }

    private let report = CheckReport([
        CheckFinding(.ok, "brokers", "1 broker"),
        CheckFinding(.warning, "topic t", "small"),
        CheckFinding(.failed(.configuration), "group g", "says\n\"no\"", remedy: "ask again"),
    ])

    @Test func writesALineForEachFindingAndOneThatSumsUp() {
        #expect(
            report.text == """
                ok       brokers  1 broker
                warning  topic t  small
                failed   group g  says "no"; ask again
                Not ready: 1 of 3 failed, 1 warning; exit code 78.
                """)
    }

    @Test func saysThatNothingFailed() {
        #expect(CheckReport([CheckFinding(.ok, "a", "b")]).text.hasSuffix("\nReady to run."))
    }

    @Test func writesOneObjectForPrograms() throws {
        let document = JSONDocument()
        let root = try document.parse(Array(report.json.utf8))
        #expect(root["exit_code"]?.int64 == 78)
        #expect(root["failed"]?.int64 == 1)
        #expect(root["skipped"]?.int64 == 0)
        #expect(report.json.contains(#""found":"says\n\"no\"","remedy":"ask again"}"#))
        #expect(report.json.contains(#""found":"1 broker","remedy":null}"#))
    }

    @Test func namesEveryProblemOfTheConfiguration() {
        var fixture = ConfigurationFixture()
        fixture.assignments = ["api.timeout=soon", "retry.atempts=3"]
        let findings = CheckFinding.findings(in: fixture.report)
        #expect(findings.filter { $0.status == .failed(.configuration) }.count == 2)
        #expect(findings.filter { $0.status == .skipped }.map(\.subject) == ["brokers", "accounts"])
        #expect(
            CheckFinding.findings(in: ConfigurationFixture().report)
                == [CheckFinding(.ok, "configuration", "complete, without contradictions")])
    }
}
