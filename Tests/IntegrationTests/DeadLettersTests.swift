internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Records that are no jobs: answered, kept as they came, and kept from flooding.
    @Suite struct DeadLettersTests {
        @Test func recordThatIsNoJobIsKeptUnchangedBesideItsReply() async throws {
            let topics = try TestTopics(partitions: 1)
            let own = [KafkaHeader("trace", "1"), KafkaHeader(name: "empty", value: nil)]
            let bad: [(key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader])] = [
                ([0xFF, 0x00], [0x7B, 0xC3, 0x28], own), (nil, nil, []), ([1], [], []),
            ]
            try await topics.publish(
                bad.map { KafkaRecord(topic: topics.jobs, key: $0.key, value: $0.value, headers: $0.headers) })
            try await topics.publishJobs(1...3)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let replies = try await topics.replies(6)
                    #expect(replies.count { $0.kind == "invalid_job" } == 3)
                    try await worker.endInOrder()
                }
            }
            let letters = try await topics.allRecords(in: topics.deadLetters) { StoredRecord($0) }
            #expect(letters.count == 3)
            for (offset, (letter, record)) in zip(letters, bad).enumerated() {
                #expect(letter.key == record.key)
                #expect(letter.value == record.value)
                #expect(Array(letter.headers.prefix(record.headers.count)) == record.headers)
                #expect(letter.header("kafka_dlt-original-topic") == Array(topics.jobs.utf8))
                #expect(letter.header("kafka_dlt-original-partition") == [0, 0, 0, 0])
                #expect(letter.header("kafka_dlt-original-offset") == [0, 0, 0, 0, 0, 0, 0, UInt8(offset)])
                #expect(letter.header("kafka_dlt-original-timestamp")?.count == 8)
                #expect(letter.header("kafka_dlt-exception-message")?.isEmpty == false)
            }
        }

        @Test func largeOneIsCutAndMarked() async throws {
            let topics = try TestTopics(partitions: 1, deadLetterConfiguration: ["max.message.bytes": "100000"])
            let noise = [UInt8](repeating: 0xEE, count: 900_000)
            try await topics.publish([KafkaRecord(topic: topics.jobs, key: [1], value: noise)])
            try await topics.publishJobs(1...200)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    _ = try await topics.replies(201)
                    try await worker.endInOrder()
                }
            }
            let replies = try await topics.allReplies()
            #expect(replies.count == 201)
            #expect(replies.count { $0.outcome == "succeeded" } == 200)
            let letters = try await topics.allRecords(in: topics.deadLetters) { StoredRecord($0) }
            #expect(letters.count == 1)
            let letter = try #require(letters.first)
            let value = try #require(letter.value)
            #expect((10_000..<100_000).contains(value.count))
            #expect(value == Array(noise.prefix(value.count)))
            #expect(letter.key == [1])
            #expect(letter.header("query-worker-value-cut-from") == Array("900000".utf8))
        }

        @Test func withoutATopicForThemTheyAreOnlyAnswered() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publish([KafkaRecord(topic: topics.jobs, value: nil)])
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url, settings: ["deadletter.topic="]) { worker in
                    #expect(try await topics.replies(1).first?.kind == "invalid_job")
                    try await worker.endInOrder()
                }
            }
            #expect(try await topics.allRecords(in: topics.deadLetters) { $0.offset }.isEmpty)
        }

        /// Jobs of another partition go on at full speed meanwhile; the first good record lets go of the brake.
        @Test func floodIsSlowedToARecordASecondUntilAGoodOneComes() async throws {
            let topics = try TestTopics(partitions: 2)
            let flood = (0..<60).map { KafkaRecord(topic: topics.jobs, partition: 0, value: Array("noise \($0)".utf8)) }
            try await topics.publish(flood)
            let settings = ["deadletter.consecutive.max=50"]
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    try await worker.waitForLine(containing: "slowed to one record a second")
                    try await topics.publishJobs(1...300, partition: 1)
                    let first = try await topics.replies(352)
                    #expect(first.count { $0.outcome == "succeeded" } == 300)
                    #expect(first.count { $0.kind == "invalid_job" } < 60)
                    try await topics.publishJobs(301...600, partition: 0)
                    try await worker.waitForLine(containing: "partition brings jobs again", timeout: .seconds(60))
                    let replies = try await topics.replies(660)
                    let slowed = replies.filter { $0.source.partition == 0 && $0.source.offset >= 50 && $0.kind != nil }
                    let times = slowed.map(\.completedAt).sorted()
                    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
                    print(
                        "flood brake: \(slowed.count) dead letters beyond the limit, \(gaps.min() ?? 0) s or more apart"
                    )
                    #expect(slowed.count == 10)
                    #expect(gaps.allSatisfy { $0 >= 0.9 })
                    try await worker.endInOrder()
                }
            }
            #expect(try await topics.allReplies().count == 660)
        }
    }
}
