internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Replies that their topic does not take: replaced or sent elsewhere, and no reason to hold up any other.
    @Suite struct RefusedRepliesTests {
        private static let headers = [KafkaHeader("baggage", String(repeating: "b", count: 9_000))]

        /// The limit counts for what is sent at once: replies that are small enough each must not be blamed for their sum.
        @Test(arguments: ["", "kafka.batch.size=1000000"])
        func manyRepliesToATopicWithASmallLimit(setting: String) async throws {
            let topics = try TestTopics(partitions: 2, replyConfiguration: ["max.message.bytes": "8000"])
            try await topics.publishJobs(1...400)
            var large = topics.job(401)
            large.headers = Self.headers
            try await topics.publish([large])
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url, settings: setting.isEmpty ? [] : [setting]) { worker in
                    let replies = try await topics.replies(401, within: .seconds(60))
                    #expect(replies.count { $0.outcome == "succeeded" } == 400)
                    #expect(replies.filter { $0.kind == "reply_too_large" }.map(\.jobID) == ["job-401"])
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 401)
        }

        /// As large as its topic takes records, which leaves no room for a reply beside it.
        @Test func keyThatLeavesNoRoomForAReplyIsLeftOut() async throws {
            let topics = try TestTopics(partitions: 1, replyConfiguration: ["max.message.bytes": "8000"])
            var record = topics.job(1)
            record.key = [UInt8](repeating: 65, count: 8_000)
            try await topics.publish([record])
            try await topics.publishJobs(2...50)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let replies = try await topics.replies(50, within: .seconds(60))
                    let large = try #require(replies.first { $0.jobID == "job-1" })
                    #expect(large.kind == "reply_too_large")
                    #expect(large.key == nil)
                    #expect(replies.count { $0.outcome == "succeeded" } == 49)
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 50)
        }

        /// A topic that a job may ask for was deleted after the start.
        @Test func replyToATopicThatIsGoneComesOnTheDefaultTopic() async throws {
            let topics = try TestTopics(partitions: 1)
            let settings = [
                "kafka.topic.metadata.refresh.interval.ms=1000", "kafka.topic.metadata.propagation.max.ms=1000",
            ]
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    try await worker.waitForLine(containing: #""message":"assigned""#)
                    try await onOwnThread { try topics.admin().deleteTopic(topics.otherReplies) }
                    var elsewhere = topics.job(1)
                    elsewhere.headers = [KafkaHeader("kafka_replyTopic", topics.otherReplies)]
                    try await topics.publish([elsewhere])
                    try await topics.publishJobs(2...50)
                    _ = try await topics.replies(50, within: .seconds(60))
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 50)
        }

        /// A compacted topic takes no record without a key, and refuses all that came with it.
        @Test func replyWithoutAKeyToACompactedTopicGetsOne() async throws {
            let topics = try TestTopics(partitions: 1, replyConfiguration: ["cleanup.policy": "compact"])
            var keyless = topics.job(1)
            keyless.key = nil
            try await topics.publishJobs(2...50)
            try await topics.publish([keyless])
            try await topics.publishJobs(51...100)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let replies = try await topics.replies(100, within: .seconds(60))
                    let reply = try #require(replies.first { $0.jobID == "job-1" })
                    #expect(reply.key == Array("\(topics.jobs)/0/\(reply.source.offset)".utf8))
                    #expect(replies.allSatisfy { $0.outcome == "succeeded" })
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 100)
        }

        /// Without transactions a batch is written in parts: what was written must not be written again, what was refused must
        /// not be forgotten.
        @Test func refusalsOfSeveralKindsWithoutTransactions() async throws {
            let topics = try TestTopics(partitions: 1, replyConfiguration: ["max.message.bytes": "8000"])
            var large = (1...3).map { topics.job($0) }
            for index in large.indices { large[index].headers = Self.headers }
            var misdirected = topics.job(4)
            misdirected.headers = [
                KafkaHeader("kafka_replyTopic", topics.replies),
                KafkaHeader(name: "kafka_replyPartition", value: [0, 0, 0, 9]),
            ]
            try await topics.publishJobs(5...50)
            try await topics.publish([misdirected] + large)
            try await topics.publishJobs(51...100)
            let settings = ["delivery=at-least-once", "kafka.batch.size=1000000", "kafka.linger.ms=50"]
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    let replies = try await topics.replies(100, within: .seconds(60))
                    #expect(replies.count { $0.kind == "reply_too_large" } == 3)
                    #expect(replies.count { $0.outcome == "succeeded" } == 97)
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 100)
        }
    }
}
