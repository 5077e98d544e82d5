package struct KafkaTopicPartition: Hashable, Sendable, CustomStringConvertible {
    package let topic: String
    package let partition: Int32

    package init(topic: String, partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    package var description: String { "\(topic)/\(partition)" }
}

/// A place in a partition, and the metadata committed with it.
package struct KafkaOffset: Hashable, Sendable {
    package let topicPartition: KafkaTopicPartition
    /// The next offset to consume; nil where nothing is committed, and, for `assign`, the beginning.
    package let offset: Int64?
    /// Text without NUL bytes (librdkafka before 2.6.1 cuts it there). Brokers take 4,096 bytes by default.
    package let metadata: String

    package init(_ topicPartition: KafkaTopicPartition, offset: Int64?, metadata: String = "") {
        self.topicPartition = topicPartition
        self.offset = offset
        self.metadata = metadata
    }
}
