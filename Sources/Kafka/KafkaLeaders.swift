internal import CRdKafka

/// Has partitions that are assigned to a consumer be fetched at once: by calls that block.
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

    /// Has a client know who leads a topic's partitions, for as long as `body` runs. Blocks for the time of one request; where
    /// no broker answers, the client finds out later by itself.
    ///
    /// A consumer that is assigned partitions whose leaders it does not know yet asks where they begin or end half a second
    /// later only (librdkafka 2.0.2).
    static func known<Failure: Error>(
        of topics: Set<String>, to client: OpaquePointer, timeout: Duration, _ body: () throws(Failure) -> Void
    ) throws(Failure) {
        let handles = topics.map { rd_kafka_topic_new(client, $0, nil) }
        defer { for handle in handles where handle != nil { rd_kafka_topic_destroy(handle) } }
        for handle in handles where handle != nil {
            var metadata: UnsafePointer<rd_kafka_metadata>?
            if rd_kafka_metadata(client, 0, handle, &metadata, timeout.milliseconds) == RD_KAFKA_RESP_ERR_NO_ERROR {
                rd_kafka_metadata_destroy(metadata)
            }
        }
        try body()
    }
}
