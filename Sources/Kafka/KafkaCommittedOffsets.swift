internal import CRdKafka

/// What a consumer's group has committed, with its metadata: read by a call that blocks.
///
/// By the consumer's own connection to its coordinator, not by `rd_kafka_ListConsumerGroupOffsets`, which would not block:
/// that one (2.0.2, and later ones too) asks an old coordinator for minutes after it has moved, and may end the process by
/// an assertion when its request times out (librdkafka's issue 4605).
package struct KafkaCommittedOffsets: Sendable {
    private let address: UInt

    init(client: OpaquePointer) { address = UInt(bitPattern: client) }

    /// Only stable offsets: while the transaction of a former owner is open, it waits for its end.
    /// - Throws: `timedOut` among others: ask again.
    package func read(
        of partitions: [KafkaTopicPartition], timeout: Duration
    ) throws(KafkaError) -> [KafkaOffset] {
        guard let client = OpaquePointer(bitPattern: address) else { return [] }
        let list = RDKafkaTopicPartitionList(partitions)
        return try list.withPointer { pointer throws(KafkaError) in
            try check(rd_kafka_committed(client, pointer, timeout.milliseconds))
            let entries = RDKafkaTopicPartitionList.read(pointer)
            if let error = entries.lazy.compactMap(\.error).first { throw error }
            return entries.map(\.offset)
        }
    }
}
