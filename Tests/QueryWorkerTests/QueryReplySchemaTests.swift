import EventLoop
import Foundation
import JSON
import QueryWorker
import TestSupport
import Testing
import WeChat

/// What the worker writes against schemas/, which is the authority.
@Suite struct QueryReplySchemaTests {
    @Test func schemaNamesTheKindsThatTheWorkerHas() throws {
        let text = try Data(
            contentsOf: URL(fileURLWithPath: PackageFolder.path + "/schemas/query-reply.v1.schema.json"))
        let schema = try JSONDocument().parse(Array(text))
        let kinds = try #require(schema["$defs"]?["error"]?["properties"]?["kind"]?["anyOf"]?.elements)
        let named = kinds.compactMap { $0["const"]?.string }
        #expect(named.count == Set(named).count)
        #expect(Set(named) == Set(JobFailure.Kind.all.map(\.name)))
    }

    @Test func repliesOfEveryKindPassTheSchema() async throws {
        let lines = replies.map(\.json)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("replies-\(UUID().uuidString).jsonl")
        try Data(lines.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await withChildProcess(
            .path(PackageFolder.path + "/Tests/python.sh"),
            arguments: [PackageFolder.path + "/Tests/validate.py", "replies", file.path]
        ) { validator in
            // The first run ever installs the validator.
            let status = try await validator.waitForExit(timeout: .seconds(300))
            let said = validator.lines.map(\.text).joined(separator: "\n")
            #expect(status == 0, "\(said)")
            #expect(said.contains("\(lines.count) valid replies, 0 invalid"))
        }
    }

    private var replies: [QueryReply] {
        let sparse = ["INIT", "", "finish", "完成"].map {
            ReplyFixture.reply(.succeeded(ApplyCodeQueryResult(status: $0)))
        }
        let smallest = ReplyFixture.reply(
            .succeeded(ApplyCodeQueryResult(status: "FINISH", createTime: .min, updateTime: -1)))
        let largest = ReplyFixture.reply(
            .succeeded(
                ApplyCodeQueryResult(
                    status: "FINISH", applicationID: .max, isvApplicationID: "",
                    codeGenerateList: [ApplyCodeQueryResult.CodeRange(start: .max, end: .max)], createTime: .max,
                    updateTime: 0)),
            attempts: .max, source: JobSource(topic: "t", partition: .max, offset: .max))
        let failed = ReplyFixture.failures.flatMap { failure in
            [
                ReplyFixture.reply(.failed(failure), attempts: 0),
                ReplyFixture.reply(.failed(failure), identity: JobIdentity(), attempts: 5),
            ]
        }
        return [ReplyFixture.succeeded, smallest, largest] + sparse + failed
    }
}
