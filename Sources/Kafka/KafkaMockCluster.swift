internal import CRdKafka

/// Brokers inside this process, which real clients reach over loopback: librdkafka's mock cluster.
///
/// Good for demonstrations and for mechanics. It isolates no aborted data, so it proves no exactly-once. Its calls are
/// thread-safe.
package final class KafkaMockCluster: Sendable {
    private let clientAddress: UInt
    private let clusterAddress: UInt
    /// For `bootstrap.servers`.
    package let bootstrapServers: String

    package init(brokers: Int32 = 1) throws(KafkaError) {
        // The cluster runs on the thread of a client that exists for nothing else.
        // Its log would only complain that it knows no brokers.
        let client = try RDKafkaConf(["log_level": "3"]).makeClient(RD_KAFKA_PRODUCER)
        guard let cluster = rd_kafka_mock_cluster_new(client, brokers) else {
            rd_kafka_destroy(client)
            throw KafkaError(code: .invalidArgument, reason: "the embedded brokers could not listen on loopback")
        }
        clientAddress = UInt(bitPattern: client)
        clusterAddress = UInt(bitPattern: cluster)
        bootstrapServers = String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    package func createTopic(_ name: String, partitions: Int32) throws(KafkaError) {
        try check(rd_kafka_mock_topic_create(OpaquePointer(bitPattern: clusterAddress), name, partitions, 1))
    }

    deinit {
        rd_kafka_mock_cluster_destroy(OpaquePointer(bitPattern: clusterAddress))
        rd_kafka_destroy(OpaquePointer(bitPattern: clientAddress))
    }
}
