import EventLoop
import Foundation
import Kafka
import QueryWorker
import TestSupport
import Testing
import WeChat

/// What the worker reads and writes against schemas/, which is the authority. That README.md and asyncapi.yaml say the same
/// as the schemas is checked by Tests/contract.py.
@Suite @EventLoopActor struct ContractTests {
    private static let account = "wx0123456789abcdef"
    private let decoder = QueryJobDecoder(accounts: [account], defaultAccount: account)

    @Test func decoderAgreesWithTheSchemaAboutEveryExample() throws {
        let valid = try ContractFiles.examples("request-")
        let invalid = try ContractFiles.examples("invalid-request-")
        try #require(!valid.isEmpty && !invalid.isEmpty)
        for (name, bytes) in valid {
            #expect(decode(bytes).job != nil, "\(name): \(decode(bytes).failure?.message ?? "")")
        }
        for (name, bytes) in invalid { #expect(decode(bytes).failure?.kind == .invalidJob, "\(name)") }
    }

    /// What a schema can't say is not among them, but in its descriptions: lengths in bytes, integers that are written as
    /// `1.0`, null for a field that is left out. Nor is what validators disagree about: year 0, leap seconds.
    @Test func decoderAgreesWithTheSchemaAtTheEdgesOfEveryField() async throws {
        let jobs = RequestEdges.jobs
        let verdicts = try await ContractFiles.verdicts(on: jobs)
        try #require(verdicts.count == jobs.count)
        for (job, isValid) in zip(jobs, verdicts) {
            #expect((decode(Array(job.utf8)).job != nil) == isValid, "\(job)")
        }
        #expect(Set(verdicts).count == 2)
    }

    @Test func everyFieldOfTheRequestSchemaIsReadAndNoOther() throws {
        let schema = try ContractFiles.object("query-request.v1.schema.json")
        let fields = Set(QueryJob.Field.allCases.map { "\($0.name)" })
        #expect(fields == ContractFiles.properties(of: schema))
        for field in fields {
            let failure = decode(Array(#"{"\#(field)":{},"job_id":"a1","application_id":7}"#.utf8)).failure
            #expect(failure?.message.hasPrefix(field) == true, "\(failure?.message ?? field)")
        }
    }

    @Test func repliesHaveEveryFieldOfTheSchemaAndNoOther() throws {
        let schema = try ContractFiles.object("query-reply.v1.schema.json")
        let definitions = try #require(schema["$defs"] as? [String: Any])
        let properties = try #require(schema["properties"] as? [String: Any])
        let identity = JobIdentity(request: RequestedIDs(applicationID: .number(1), isvApplicationID: "x"))
        let failed = ReplyFixture.failures.map { ReplyFixture.reply(.failed($0), identity: identity) }
        let replies = try ([ReplyFixture.succeeded] + failed).map { try ContractFiles.object(of: Array($0.json.utf8)) }
        func written(_ name: String) -> Set<String> {
            Set(replies.flatMap { ($0[name] as? [String: Any] ?? [:]).keys })
        }
        #expect(Set(replies.flatMap(\.keys)) == ContractFiles.properties(of: schema))
        #expect(written("result") == ContractFiles.properties(of: definitions["result"]))
        #expect(written("error") == ContractFiles.properties(of: definitions["error"]))
        #expect(written("request") == ContractFiles.properties(of: properties["request"]))
        #expect(written("source") == ContractFiles.properties(of: properties["source"]))
    }

    /// Codes that mean another thing where tokens are handed out are looked up there.
    @Test func errorCodesOfTheExamplesMeanWhatTheTableSays() throws {
        for (name, bytes) in try ContractFiles.examples("reply-failed-") where !name.contains("later-kind") {
            let reply = try ContractFiles.object(of: bytes)
            let error = try #require(reply["error"] as? [String: Any])
            guard let code = error["errcode"] as? Int, let kind = error["kind"] as? String else { continue }
            let meanings = [WeChatErrorCode.Endpoint.business, .token].map { WeChatErrorCode.meaning(of: code, at: $0) }
            let meaning = try #require(meanings.first { $0.kind.rawValue == kind }, "\(name)")
            #expect(meaning.retryable == error["retryable"] as? Bool, "\(name)")
        }
    }

    @Test func headersAreThoseOfAsyncAPI() async throws {
        let documented = try await ContractFiles.headerNames()
        #expect(documented["job"] == ReplyRoute.headerNames)

        let headers = ReplyRoute.headerNames.map { KafkaHeader(name: $0, value: nil) }
        let route = try ReplyRoute(headers: headers, defaultTopic: "replies", allowedTopics: [])
        let reply = ReplyEncoder().encode(ReplyFixture.succeeded, key: nil, route: route)
        #expect(documented["reply"] == Set(reply.headers.map(\.name)))

        let letter = DeadLetter.record(
            to: "dlt", key: nil, value: [UInt8](repeating: 0, count: 1000), headers: [], source: ReplyFixture.source,
            timestamp: nil, reason: "no job")
        let cut = try #require(DeadLetter.smaller(letter, limit: 500))
        #expect(documented["deadLetter"] == Set(cut.headers.map(\.name)))
    }

    private func decode(_ bytes: [UInt8]) -> QueryJobDecoder.Decoded { bytes.withUnsafeBytes { decoder.decode($0) } }
}
