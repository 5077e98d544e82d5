internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Where replies go, and what they carry back.
    @Suite struct ReplyRoutingTests {
        @Test func repliesGoWhereTheirJobsAsk() async throws {
            let topics = try TestTopics(partitions: 4)
            let correlation: [UInt8] = [0, 1, 0xFE, 0xFF]
            func job(_ id: String, _ headers: [KafkaHeader]) -> KafkaRecord {
                KafkaRecord(
                    topic: topics.jobs, key: Array(id.utf8),
                    value: Array(#"{"job_id":"\#(id)","application_id":580000010}"#.utf8), headers: headers)
            }
            try await topics.publish([
                job(
                    "echo",
                    [
                        KafkaHeader(name: "kafka_correlationId", value: correlation),
                        KafkaHeader("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
                        KafkaHeader("unrelated", "stays behind"),
                    ]),
                job(
                    "elsewhere",
                    [
                        KafkaHeader("kafka_replyTopic", topics.otherReplies),
                        KafkaHeader(name: "kafka_replyPartition", value: [0, 0, 0, 3]),
                    ]),
                job("forbidden", [KafkaHeader("kafka_replyTopic", topics.jobs)]),
            ])
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let replies = try await topics.replies(2)
                    let echo = try #require(replies.first { $0.jobID == "echo" })
                    #expect(echo.header("kafka_correlationId") == correlation)
                    #expect(echo.header("traceparent")?.count == 55)
                    #expect(echo.header("unrelated") == nil)
                    #expect(echo.header("content-type") == Array("application/json".utf8))
                    #expect(echo.header("ce_specversion") == Array("1.0".utf8))
                    let id = "\(topics.jobs)/\(echo.source.partition)/\(echo.source.offset)"
                    #expect(echo.header("ce_id") == Array(id.utf8))
                    let forbidden = try #require(replies.first { $0.jobID == "forbidden" })
                    #expect(forbidden.kind == "invalid_job")
                    #expect(forbidden.message?.contains("replies.topics.allowed") == true)
                    worker.terminate()
                    try await worker.waitForExit()
                }
                let elsewhere = try await topics.allReplies(in: topics.otherReplies)
                #expect(elsewhere.map(\.jobID) == ["elsewhere"])
                #expect(elsewhere.map(\.partition) == [3])
            }
        }

        /// Hashes as Java's client has them (Kafka's own test vectors for murmur2).
        @Test func repliesArePartitionedByKeyAsJavaClientsDoIt() async throws {
            let hashes: [(key: String, hash: Int32)] = [
                ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
                ("a-little-bit-longer-string", -1_486_304_829), ("abc", 479_470_107),
            ]
            let topics = try TestTopics(partitions: 7)
            try await topics.publish(
                hashes.map { entry in
                    let value = #"{"job_id":"\#(entry.key)","application_id":580000010}"#
                    return KafkaRecord(topic: topics.jobs, key: Array(entry.key.utf8), value: Array(value.utf8))
                })
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    for reply in try await topics.replies(hashes.count) {
                        let hash = try #require(hashes.first { $0.key == reply.jobID }).hash
                        #expect(reply.partition == (hash & Int32.max) % 7)
                    }
                    worker.terminate()
                    try await worker.waitForExit()
                }
            }
        }
    }
}
