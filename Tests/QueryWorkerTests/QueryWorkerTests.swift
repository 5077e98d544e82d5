import EventLoop
import Foundation
import Kafka
import TestSupport
import Testing

@testable import QueryWorker

/// The assembled worker: brokers, client core, ledger and publisher together.
@Suite(.serialized, .timeLimit(.minutes(1))) @EventLoopActor struct QueryWorkerTests {
    private func record(
        _ value: String?, partition: Int32 = 0, key: String? = nil, headers: [KafkaHeader] = []
    ) -> KafkaRecord {
        KafkaRecord(
            topic: "query.requests", partition: partition, key: key.map { Array($0.utf8) },
            value: value.map { Array($0.utf8) }, headers: headers)
    }

    private func job(_ id: String) -> String { #"{"job_id":"\#(id)","isv_application_id":"\#(id)"}"# }

    @Test func everyRecordOf45PartitionsIsAnsweredOnceThePoisonAmongThemToo() async throws {
        let partitions: Int32 = 45
        let bad: [(String?, String)] = [
            (nil, "invalid_job"), ("", "invalid_job"), ("poison", "invalid_job"), ("{}", "invalid_job"),
            (#"{"job_id":"x","application_id":1,"account":"wx9"}"#, "unknown_account"),
        ]
        var records: [KafkaRecord] = []
        var expected: [String: String] = [:]
        for partition in 0..<partitions {
            let (value, kind) = bad[Int(partition) % bad.count]
            let values = [job("first \(partition)"), value, job("last \(partition)")]
            for (offset, value) in values.enumerated() {
                records.append(record(value, partition: partition, key: "key \(partition)"))
                expected["\(partition)/\(offset)"] = offset == 1 ? kind : "FINISH"
            }
        }
        try await WorkerFixture.run(partitions: partitions) { fixture in
            try await fixture.broker.publish(records)
            let replies = try await fixture.broker.replies(records.count)
            #expect(replies.count == records.count)
            var answered: [String: String] = [:]
            for reply in replies {
                answered["\(reply.source.partition)/\(reply.sourceOffset)"] = reply.kind ?? reply.status
                #expect(reply.key == Array("key \(reply.source.partition)".utf8))
            }
            #expect(answered == expected)
            try await fixture.waitUntilSettled(records.count)
            for partition in 0..<partitions {
                #expect(fixture.committed(partition: partition) == LedgerMap(end: 3, undone: []))
            }
            #expect(await fixture.shutDown() == .drained)
            #expect(fixture.api.requests.count { $0.path == "/cgi-bin/stable_token" } == 1)
        }
    }

    /// librdkafka promises that its calls return. Should one not, there is nothing else to do about its thread.
    @Test func callOfTheProducerThatDoesNotReturnEndsTheWorkerWith70() async throws {
        try await WorkerFixture.run { fixture in
            try await fixture.broker.publish([record(job("a"))])
            try await fixture.waitUntilSettled(1)
            let exit = try await fixture.exitWhenACallHangs()
            #expect(exit == .fatal("a call to librdkafka's producer did not return"))
            #expect(exit?.code == 70)
        }
    }

    @Test func callThatWritesCredentialsAndDoesNotReturnEndsTheWorkerWith70() async throws {
        let keyFile = NSTemporaryDirectory() + "query-worker-test-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: keyFile) }
        try CredentialFixture.keyLine("k1", of: 1).write(toFile: keyFile, atomically: true, encoding: .utf8)
        let settings = ["credentials.store=kafka", "credentials.key.file=\(keyFile)"]
        try await WorkerFixture.run(settings: settings) { fixture in
            try await fixture.broker.publish([record(job("a"))])
            try await fixture.waitUntilSettled(1)
            let exit = try await fixture.exitWhenACallHangs(isOfCredentials: true)
            #expect(exit?.code == 70)
        }
    }

    @Test func jobThatHangsDelaysNoOtherAndTheMapTellsIt() async throws {
        let gate = StubGate()
        let answer = StubAnswer(200, #"{"errcode":0,"status":"FINISH"}"#)
        try await WorkerFixture.run(
            settings: ["api.timeout=60s", "api.concurrency=2"],
            answer: { $0.bodyText.contains("slow") ? .answerAfter(gate, answer) : .answer(answer) }
        ) { fixture in
            try await fixture.broker.publish([record(job("slow"))] + (1...20).map { record(job("\($0)")) })
            let quick = try await fixture.broker.replies(20)
            #expect(Set(quick.compactMap(\.jobID)) == Set((1...20).map { "\($0)" }))
            try await fixture.waitUntilSettled(20)
            #expect(fixture.committed() == LedgerMap(end: 21, undone: [0]))
            gate.open()
            #expect(try await fixture.broker.replies(1).map(\.jobID) == ["slow"])
            try await fixture.waitUntilSettled(21)
            #expect(fixture.committed() == LedgerMap(end: 21, undone: []))
            #expect(await fixture.shutDown() == .drained)
        }
    }

    @Test func shutDownLetsJobsOnTheWireFinish() async throws {
        let gate = StubGate()
        let answer = StubAnswer(200, #"{"errcode":0,"status":"FINISH"}"#)
        try await WorkerFixture.run(
            settings: ["api.timeout=60s"],
            answer: { _ in .answerAfter(gate, answer) }
        ) { fixture in
            try await fixture.broker.publish((1...5).map { record(job("\($0)")) })
            // The token's request, and the five jobs'.
            await fixture.api.waitForRequests(6)
            async let exit = fixture.shutDown()
            await runUntilIdle()
            gate.open()
            #expect(await exit == .drained)
            #expect(try await fixture.broker.replies(5).count == 5)
        }
    }

    @Test func replyGoesWhereTheJobAsksIfItMay() async throws {
        let correlation = KafkaHeader(name: "kafka_correlationId", value: [0, 0xFF])
        let mine = [
            correlation, KafkaHeader("kafka_replyTopic", "replies.mine"),
            KafkaHeader(name: "kafka_replyPartition", value: [0, 0, 0, 3]),
        ]
        // Partition 9 does not exist: the reply goes to that topic all the same.
        let outOfRange = [mine[1], KafkaHeader(name: "kafka_replyPartition", value: [0, 0, 0, 9])]
        let forbidden = [correlation, KafkaHeader("kafka_replyTopic", "query.requests")]
        try await WorkerFixture.run { fixture in
            // Alone, since its first transaction is aborted, and the mock's readers would see what else was in it.
            try await fixture.broker.publish([record(job("range"), headers: outOfRange)])
            #expect(try await fixture.broker.replies(1, on: "replies.mine").map(\.jobID) == ["range"])
            try await fixture.broker.publish([
                record(job("mine"), headers: mine), record(job("forbidden"), headers: forbidden),
            ])
            let granted = try await fixture.broker.replies(1, on: "replies.mine")
            #expect(granted.map(\.jobID) == ["mine"])
            #expect(granted.first?.partition == 3)
            #expect(granted.first?.headers.first == correlation)
            let refused = try await fixture.broker.replies(1)
            #expect(refused.map(\.kind) == ["invalid_job"])
            #expect(refused.map(\.jobID) == ["forbidden"])
            #expect(refused.first?.headers.first == correlation)
            try await fixture.waitUntilSettled(3)
            #expect(fixture.committed() == LedgerMap(end: 3, undone: []))
            #expect(await fixture.shutDown() == .drained)
        }
    }

    /// A job may bring headers that, repeated beside the reply, are more than the reply topic takes. Its partition would
    /// stand still for ever.
    @Test func replyThatIsTooLargeWithItsEchoedHeadersGoesWithoutThem() async throws {
        let large = [KafkaHeader("baggage", String(repeating: "b", count: 3_000))]
        try await WorkerFixture.run(settings: ["kafka.message.max.bytes=3000"]) { fixture in
            try await fixture.broker.publish([record(job("large"), headers: large)])
            try await fixture.waitUntilSettled(1)
            #expect(fixture.committed() == LedgerMap(end: 1, undone: []))
            let replies = try await fixture.broker.replies(1)
            #expect(replies.map(\.jobID) == ["large"])
            #expect(replies.map(\.kind) == ["reply_too_large"])
            #expect(replies.allSatisfy { reply in !reply.headers.contains { $0.name == "baggage" } })
        }
    }

    /// So many jobs hang on one partition that its map would outgrow a commit's metadata: it is paused, others go on.
    @Test func partitionWhoseMapIsFullHoldsUpNoOther() async throws {
        let gate = StubGate()
        let answer = StubAnswer(200, #"{"errcode":0,"status":"FINISH"}"#)
        let settings = [
            "jobs.in.flight.max=10000", "api.concurrency=5000", "api.timeout=60s", "kafka.queued.min.messages=100",
        ]
        try await WorkerFixture.run(
            partitions: 2, settings: settings,
            answer: { $0.bodyText.contains("other") ? .answer(answer) : .answerAfter(gate, answer) }
        ) { fixture in
            try await fixture.broker.publish((0..<4_000).map { record(job("\($0)")) })
            try await fixture.waitUntil { $0?.pauseReasons == [.fullMap] }
            try await fixture.broker.publish([record(job("other"), partition: 1)])
            #expect(try await fixture.broker.replies(1).map(\.jobID) == ["other"])
            let held = fixture.assignment()?.held ?? 0
            #expect((2_900..<3_100).contains(held), "\(held)")
            gate.open()
            try await fixture.waitUntilSettled(4_001)
            #expect(fixture.committed() == LedgerMap(end: 4_000, undone: []))
            #expect(await fixture.shutDown() == .drained)
        }
    }
}
