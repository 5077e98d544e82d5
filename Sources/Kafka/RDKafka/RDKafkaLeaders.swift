internal import CRdKafka

enum RDKafkaLeaders {
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
