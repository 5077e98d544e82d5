internal import CRdKafka

/// Has partitions that were just assigned to a consumer be fetched at once: by a call that blocks.
///
/// librdkafka (2.0.2) starts to fetch on the thread of a partition's leader, and does not wake that thread: it would notice
/// when it wakes for another reason, up to a second later. A request to the leader is one.
package struct KafkaLeaders: Sendable {
    private let address: UInt

    init(client: OpaquePointer) { address = UInt(bitPattern: client) }

    /// Asks each partition's leader where the partition ends. What it answers is of no interest, and a leader that does not
    /// answer within `timeout` has something else to do; the rest is then left to itself.
    package func wake(for partitions: [KafkaTopicPartition], timeout: Duration) {
        guard let client = OpaquePointer(bitPattern: address) else { return }
        for partition in partitions {
            var low: Int64 = 0
            var high: Int64 = 0
            let code = rd_kafka_query_watermark_offsets(
                client, partition.topic, partition.partition, &low, &high, timeout.milliseconds)
            if code == RD_KAFKA_RESP_ERR__TIMED_OUT { return }
        }
    }
}
