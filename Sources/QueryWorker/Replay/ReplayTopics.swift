internal import EventLoop
internal import Glibc
internal import Kafka

/// The two topics of a replay, and the clients that it needs.
struct ReplayTopics {
    private let configuration: ReplayConfiguration
    private let timeout: Duration
    private let admin: KafkaAdmin
    private let partitions: [KafkaTopicPartition]
    private let deadLetterTopic: String

    /// Looks whether all is there, before anything is changed.
    init(configuration: ReplayConfiguration, timeout: Duration) throws {
        guard let topic = configuration.deadLetterTopic else {
            throw ReplayFailure(
                .configuration(
                    "dead letters are turned off (deadletter.topic is set to nothing); to replay those of a topic, set "
                        + "deadletter.topic to its name"))
        }
        self.configuration = configuration
        self.timeout = timeout
        deadLetterTopic = topic
        admin = try KafkaAdmin(properties: configuration.kafka.commonProperties())
        do {
            let count = try Self.partitionCount(of: topic, admin, configuration, timeout)
            partitions = (0..<Int32(count)).map { KafkaTopicPartition(topic: topic, partition: $0) }
            _ = try Self.partitionCount(of: configuration.jobsTopic, admin, configuration, timeout)
        } catch let error as KafkaError {
            throw admin.takeErrors().first { $0.code == .authentication } ?? error
        }
        if let first = partitions.first {
            try KafkaReadProbe.run(properties: Self.readerProperties(configuration), partition: first, timeout: timeout)
        }
    }

    private static func partitionCount(
        of topic: String, _ admin: KafkaAdmin, _ configuration: ReplayConfiguration, _ timeout: Duration
    ) throws -> Int {
        if let count = try admin.partitionCount(of: topic, timeout: timeout) { return count }
        let role =
            topic == configuration.jobsTopic ? "the job topic (jobs.topic)" : "the dead-letter topic (deadletter.topic)"
        throw ReplayFailure(
            .configuration(
                "\(role) does not exist: \(topic). Name the one that the workers use; to create it: "
                    + configuration.kafka.commandCreating(topic)))
    }

    /// Where each partition begins, and where it ends now for readers of what is committed.
    func ranges() throws(KafkaError) -> [KafkaTopicPartition: Range<Int64>] {
        var ranges: [KafkaTopicPartition: Range<Int64>] = [:]
        for partition in partitions {
            let (beginning, end) = try admin.offsets(of: partition, timeout: timeout)
            ranges[partition] = beginning..<max(beginning, end)
        }
        return ranges
    }

    /// - Parameter waitsForTransactions: for what an ended replay has left pending.
    func memory(ranges: [KafkaTopicPartition: Range<Int64>], waitsForTransactions: Bool) throws -> ReplayMemory {
        try ReplayMemory(
            committed: committedOffsets(waitsForTransactions: waitsForTransactions), ranges: ranges,
            group: configuration.memoryGroup, bootstrapServers: configuration.kafka.bootstrapServers)
    }

    private func committedOffsets(waitsForTransactions: Bool) throws(KafkaError) -> [KafkaOffset] {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                return try admin.committedOffsets(
                    of: configuration.memoryGroup, partitions: partitions, stable: waitsForTransactions,
                    timeout: timeout)
            } catch {
                guard error.code == .unstableOffsetCommit, .now < deadline else { throw error }
                usleep(20_000)
            }
        }
    }

    /// The largest record that can be written to the job topic, in bytes, as far as the brokers tell.
    func jobLimit() -> Int {
        let limits = (try? admin.maxMessageBytes(of: [configuration.jobsTopic], timeout: timeout)) ?? [:]
        return min(limits[configuration.jobsTopic] ?? .max, configuration.kafka.maxMessageBytes)
    }

    func makeProducer(jobLimit: Int, stop: StopFlag) throws -> ReplayProducer {
        try ReplayProducer(
            properties: configuration.kafka.producerProperties(limits: [jobLimit]),
            memoryGroup: configuration.memoryGroup, topic: configuration.jobsTopic, stop: stop)
    }

    func makeReader(_ ranges: [KafkaTopicPartition: Range<Int64>], stop: StopFlag) throws -> ReplayReader {
        let reader = try KafkaReader(
            properties: Self.readerProperties(configuration), topic: deadLetterTopic, partitions: partitions.count)
        return ReplayReader(reader, ranges: ranges, stop: stop)
    }

    /// A segment that grows old and is deleted meanwhile is no reason to stop; and the ends of partitions, where nothing is
    /// to be waited for, are told at once.
    private static func readerProperties(_ configuration: ReplayConfiguration) throws -> [String: String] {
        let own = ["auto.offset.reset": "earliest", "fetch.wait.max.ms": "10", "log_level": "0"]
        return try configuration.kafka.consumerProperties().merging(own) { _, own in own }
    }

    /// How long brokers remember, at least, what a replay has committed; Kafka's default where they do not tell.
    func offsetsRetention() -> Duration { (try? admin.offsetsRetention(timeout: timeout)) ?? .seconds(7 * 86_400) }
}
