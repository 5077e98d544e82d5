internal import Foundation
internal import Glibc
internal import Kafka
internal import Synchronization
internal import TestSupport

/// A job topic, a reply topic and a group name that only one test uses. The broker's life ends theirs.
struct TestTopics: Sendable {
    let bootstrap: String
    /// What workers are given, where that is not the test's own way to the brokers.
    var workerBootstrap: String
    let jobs: String
    let replies: String
    /// Which jobs may ask for by header.
    let otherReplies: String
    let deadLetters: String
    let group: String
    private(set) var partitions: Int

    /// - Parameters:
    ///   - jobConfiguration: of the job topic.
    ///   - replyConfiguration: of the two reply topics; `deadLetterConfiguration`: of the dead-letter topic.
    init(
        partitions: Int, bootstrap: String? = nil, replicationFactor: Int32 = 1,
        jobConfiguration: [String: String] = [:], replyConfiguration: [String: String] = [:],
        deadLetterConfiguration: [String: String] = [:]
    ) throws {
        let name = "test-\(UUID().uuidString.prefix(8).lowercased())"
        self.bootstrap = bootstrap ?? KafkaBroker.bootstrap ?? ""
        workerBootstrap = self.bootstrap
        jobs = name + "-jobs"
        replies = name + "-replies"
        otherReplies = name + "-other-replies"
        deadLetters = jobs + "-dlt"
        group = name
        self.partitions = partitions
        let admin = try KafkaAdmin(properties: ["bootstrap.servers": self.bootstrap])
        let configurations = [
            jobs: jobConfiguration, replies: replyConfiguration, otherReplies: replyConfiguration,
            deadLetters: deadLetterConfiguration,
        ]
        for (topic, configuration) in configurations {
            try admin.createTopic(
                topic, partitions: Int32(partitions), replicationFactor: replicationFactor,
                configuration: configuration)
            // Brokers learn of it a moment after it is made.
            while try admin.partitionCount(of: topic, timeout: .seconds(10)) != partitions { usleep(10_000) }
        }
        // Brokers of a test's own end with it: there each test puts its replies before the validator itself.
        if bootstrap == nil { ReplyTopics.add([replies, otherReplies]) }
    }

    /// For a look at other topics than those of the test.
    mutating func onlyPartition() { partitions = 1 }

    /// Jobs with a field that is nobody's business, of so many bytes.
    func publishLargeJobs(_ numbers: ClosedRange<Int>, padding: Int) async throws {
        let filler = String(repeating: "x", count: padding)
        // In parts: the producer's own queue is limited.
        for start in stride(from: numbers.lowerBound, through: numbers.upperBound, by: 10_000) {
            try await publish(
                (start...min(start + 9_999, numbers.upperBound)).map { number in
                    let value =
                        #"{"job_id":"job-\#(number)","application_id":\#(580_000_000 + number * 10),"note":"\#(filler)"}"#
                    return KafkaRecord(topic: jobs, key: Array("key-\(number)".utf8), value: Array(value.utf8))
                })
        }
    }

    /// Publishes and waits until the broker has all of them.
    func publish(_ records: [KafkaRecord]) async throws {
        try await onOwnThread { [bootstrap] in
            // In the order given, each once, also where a request is repeated.
            let producer = try KafkaProducer(properties: [
                "bootstrap.servers": bootstrap, "linger.ms": "5", "enable.idempotence": "true",
            ])
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
            numbers.map { job($0, partition: partition) })
    }

    /// - Parameter account: nil leaves it to the worker's default.
    func job(_ number: Int, account: String? = nil, partition: Int32? = nil) -> KafkaRecord {
        let account = account.map { #""account":"\#($0)","# } ?? ""
        let value = #"{"job_id":"job-\#(number)",\#(account)"application_id":\#(580_000_000 + number * 10)}"#
        return KafkaRecord(
            topic: jobs, partition: partition, key: Array("key-\(number)".utf8), value: Array(value.utf8))
    }

    /// Reads committed replies from the beginning until there are `count`.
    func replies(_ count: Int, within limit: Duration = .seconds(120)) async throws -> [Reply] {
        try await read(replies, limit: limit, until: { read, _ in read >= count }) { Reply($0) }
    }

    /// Reads committed replies from the beginning until one `isTheLast`.
    func replies(within limit: Duration, until isTheLast: @escaping @Sendable (Reply) -> Bool) async throws -> [Reply] {
        let found = Mutex(false)
        return try await read(replies, limit: limit, until: { _, _ in found.withLock { $0 } }) { message in
            let reply = Reply(message)
            if isTheLast(reply) { found.withLock { $0 = true } }
            return reply
        }
    }

    /// Reads all committed replies that there are: for the count that ends a test.
    func allReplies(in topic: String? = nil) async throws -> [Reply] {
        try await allRecords(in: topic ?? replies) { Reply($0) }
    }

    /// Reads all records that a topic has, by default those that are committed.
    func allRecords<Record: Sendable>(
        in topic: String, isolation: String = "read_committed",
        _ make: @escaping @Sendable (borrowing KafkaMessage) -> Record
    ) async throws -> [Record] {
        try await read(topic, isolation: isolation, limit: .seconds(60), until: { _, isAtEnd in isAtEnd }, make)
    }

    private func read<Record: Sendable>(
        _ topic: String, isolation: String = "read_committed", limit: Duration,
        until isEnough: @escaping @Sendable (Int, Bool) -> Bool,
        _ make: @escaping @Sendable (borrowing KafkaMessage) -> Record
    ) async throws -> [Record] {
        try await onOwnThread { [bootstrap, partitions] in
            let reader = try KafkaReader(
                properties: ["bootstrap.servers": bootstrap, "isolation.level": isolation], topic: topic,
                partitions: partitions)
            let start = ContinuousClock.now
            var records: [Record] = []
            while !isEnough(records.count, reader.isAtEnd) {
                if let record = reader.read(timeout: .milliseconds(100), make) { records.append(record) }
                if .now - start > limit { throw TooFewReplies(count: records.count, limit: limit) }
            }
            return records
        }
    }

    struct TooFewReplies: Error {
        let count: Int
        let limit: Duration
    }
}
