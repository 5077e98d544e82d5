internal import CRdKafka

/// Reads all partitions of a topic, outside any group: for replies, and for checks.
///
/// Its calls block; it belongs to one thread that may.
package final class KafkaReader {
    private let client: OpaquePointer
    private let queue: RDKafkaQueue
    private let partitions: Int
    private var ended: Set<KafkaTopicPartition> = []
    private var errors: [KafkaError] = []

    /// Whether all partitions have been read to their ends, as those were when they were reached (with `read_committed`: to
    /// the first open transaction).
    package var isAtEnd: Bool { ended.count == partitions }

    /// Whether that partition has been read to its end, as it was when it was reached.
    package func hasEnded(_ partition: KafkaTopicPartition) -> Bool { ended.contains(partition) }

    /// Begins at the first record of each partition.
    /// - Parameter properties: connection properties; the group and its offsets are not used. `isolation.level` is
    ///   librdkafka's own default, `read_committed`, unless given.
    package convenience init(properties: [String: String], topic: String, partitions: Int) throws(KafkaError) {
        let all = (0..<Int32(partitions)).map { KafkaTopicPartition(topic: topic, partition: $0) }
        try self.init(properties: properties, from: all.map { KafkaOffset($0, offset: nil) })
    }

    /// Reads these partitions, each from its offset, or from its first record where that is nil.
    package init(properties: [String: String], from offsets: [KafkaOffset]) throws(KafkaError) {
        let conf = try RDKafkaConf(properties)
        try conf.set("group.id", to: "unused")
        try conf.set("enable.auto.commit", to: "false")
        try conf.set("enable.partition.eof", to: "true")
        partitions = offsets.count
        conf.enableEvents(RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_FETCH)
        client = try conf.makeClient(RD_KAFKA_CONSUMER)
        rd_kafka_poll_set_consumer(client)
        queue = RDKafkaQueue(rd_kafka_queue_get_consumer(client))
        let client = client
        let list = RDKafkaTopicPartitionList(offsets)
        let topics = Set(offsets.map(\.topicPartition.topic))
        try KafkaLeaders.known(of: topics, to: client, timeout: .seconds(1)) { () throws(KafkaError) in
            try list.withPointer { pointer throws(KafkaError) in try check(rd_kafka_assign(client, pointer)) }
        }
    }

    deinit {
        queue.close()
        rd_kafka_consumer_close(client)
        rd_kafka_destroy(client)
    }

    /// Waits for one record, at most `timeout`, or until the last partition's end is reached.
    /// - Returns: what `body` makes of it; nil if there was none.
    package func read<Result>(timeout: Duration, _ body: (borrowing KafkaMessage) -> Result) -> Result? {
        let deadline = ContinuousClock.now + timeout
        repeat {
            guard let event = queue.poll(milliseconds: max(deadline - .now, .zero).milliseconds) else { return nil }
            if event.type == RD_KAFKA_EVENT_FETCH, let message = event.nextMessage() {
                let borrowed = KafkaMessage(message)
                ended.remove(KafkaTopicPartition(topic: borrowed.topic, partition: borrowed.partition))
                return body(borrowed)
            }
            if event.code == RD_KAFKA_RESP_ERR__PARTITION_EOF, let partition = event.partition {
                ended.insert(partition)
                if isAtEnd { return nil }
            } else if let error = event.error {
                // Whoever never asks for them must not pay for them; the last ones tell the most.
                errors = errors.suffix(15) + [error]
            }
        } while .now < deadline
        return nil
    }

    /// What went wrong since the last call, at most the last sixteen: brokers that went away, permissions that are missing.
    package func takeErrors() -> [KafkaError] {
        defer { errors.removeAll() }
        return errors
    }
}
