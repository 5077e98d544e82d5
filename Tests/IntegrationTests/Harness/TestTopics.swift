internal import Foundation
internal import Glibc
internal import Kafka
internal import TestSupport

/// A job topic, a reply topic and a group name that only one test uses. The broker's life ends theirs.
struct TestTopics: Sendable {
    let bootstrap: String
    let jobs: String
    let replies: String
    /// Which jobs may ask for by header.
    let otherReplies: String
    let deadLetters: String
    let group: String
    let partitions: Int

    init(partitions: Int) throws {
        let name = "test-\(UUID().uuidString.prefix(8).lowercased())"
        bootstrap = KafkaBroker.bootstrap ?? ""
        jobs = name + "-jobs"
        replies = name + "-replies"
        otherReplies = name + "-other-replies"
        deadLetters = jobs + "-dlt"
        group = name
        self.partitions = partitions
        let admin = try KafkaAdmin(properties: ["bootstrap.servers": bootstrap])
        for topic in [jobs, replies, otherReplies, deadLetters] {
            try admin.createTopic(topic, partitions: Int32(partitions))
            // Brokers learn of it a moment after it is made.
            while try admin.partitionCount(of: topic, timeout: .seconds(10)) != partitions { usleep(10_000) }
        }
    }

    /// Publishes and waits until the broker has all of them.
    func publish(_ records: [KafkaRecord]) async throws {
        try await onOwnThread { [bootstrap] in
            let producer = try KafkaProducer(properties: ["bootstrap.servers": bootstrap, "linger.ms": "5"])
            defer { producer.close() }
            for chunk in stride(from: 0, to: records.count, by: 5_000) {
                for record in records[chunk..<min(chunk + 5_000, records.count)] { try producer.produce(record) }
                if let failure = try producer.awaitDeliveries(timeout: .seconds(30)).first { throw failure.error }
            }
        }
    }

    /// - Parameter numbers: become the job ids, `job-1` and so on, and the application ids.
    func publishJobs(_ numbers: ClosedRange<Int>, partition: Int32? = nil) async throws {
        try await publish(
            numbers.map { number in
                let value = #"{"job_id":"job-\#(number)","application_id":\#(580_000_000 + number * 10)}"#
                return KafkaRecord(
                    topic: jobs, partition: partition, key: Array("key-\(number)".utf8), value: Array(value.utf8))
            })
    }

    /// Reads committed replies from the beginning until there are `count`.
    func replies(_ count: Int, within limit: Duration = .seconds(120)) async throws -> [Reply] {
        try await read(replies, limit: limit) { read, _ in read >= count }
    }

    /// Reads committed replies from the beginning until no more come: for the count that ends a test.
    func allReplies(in topic: String? = nil, until quietTime: Duration = .seconds(3)) async throws -> [Reply] {
        try await read(topic ?? replies, limit: .seconds(60)) { read, quiet in read > 0 && quiet > quietTime }
    }

    private func read(
        _ topic: String, limit: Duration, until isEnough: @escaping @Sendable (Int, Duration) -> Bool
    ) async throws -> [Reply] {
        try await onOwnThread { [bootstrap, partitions] in
            let reader = try KafkaReader(
                properties: ["bootstrap.servers": bootstrap, "isolation.level": "read_committed"], topic: topic,
                partitions: partitions)
            let start = ContinuousClock.now
            var replies: [Reply] = []
            var last = start
            while !isEnough(replies.count, .now - last) {
                if let reply = reader.read(timeout: .milliseconds(100), { message in Reply(message) }) {
                    replies.append(reply)
                    last = .now
                }
                if .now - start > limit { throw TooFewReplies(count: replies.count, limit: limit) }
            }
            return replies
        }
    }

    struct TooFewReplies: Error {
        let count: Int
        let limit: Duration
    }
}
