internal import CRdKafka

/// Asks and changes what a cluster holds: topics. Its calls block, so it belongs off the loop.
package final class KafkaAdmin {
    let client: OpaquePointer
    private let queue: RDKafkaQueue

    package init(properties: [String: String]) throws(KafkaError) {
        // A consumer's handle: a producer's would ask the brokers to create the topics that it asks about.
        let conf = try RDKafkaConf(properties)
        // What goes wrong is thrown; librdkafka's own lines would go to standard error, among the logs.
        try conf.set("log_level", to: "0")
        client = try conf.makeClient(RD_KAFKA_CONSUMER)
        queue = RDKafkaQueue(rd_kafka_queue_new(client))
    }

    deinit {
        queue.close()
        rd_kafka_destroy(client)
    }

    /// - Throws: `topicAlreadyExists` among others.
    package func createTopic(
        _ name: String, partitions: Int32, replicationFactor: Int32 = 1, configuration: [String: String] = [:],
        timeout: Duration = .seconds(15)
    ) throws(KafkaError) {
        let text = CText(size: 512)
        guard let topic = rd_kafka_NewTopic_new(name, partitions, replicationFactor, text.start, text.size) else {
            throw KafkaError(code: .invalidArgument, reason: text.string)
        }
        defer { rd_kafka_NewTopic_destroy(topic) }
        for (key, value) in configuration { try check(rd_kafka_NewTopic_set_config(topic, key, value)) }
        let options = rd_kafka_AdminOptions_new(client, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        defer { rd_kafka_AdminOptions_destroy(options) }
        rd_kafka_AdminOptions_set_request_timeout(options, timeout.milliseconds, text.start, text.size)
        var topics: [OpaquePointer?] = [topic]
        rd_kafka_CreateTopics(client, &topics, 1, options, queue.pointer)
        guard let result = queue.poll(milliseconds: timeout.milliseconds + 1_000) else {
            throw KafkaError(code: .timedOut, reason: "no answer to the creation of topic \(name)")
        }
        if let error = result.firstTopicError() { throw error }
    }

    /// - Returns: nil where the topic does not exist.
    /// - Throws: when no broker answers within `timeout`, or the topic may not be seen.
    package func partitionCount(of topic: String, timeout: Duration) throws(KafkaError) -> Int? {
        guard let handle = rd_kafka_topic_new(client, topic, nil) else { throw KafkaError(code: rd_kafka_last_error()) }
        defer { rd_kafka_topic_destroy(handle) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try check(rd_kafka_metadata(client, 0, handle, &metadata, timeout.milliseconds))
        defer { rd_kafka_metadata_destroy(metadata) }
        guard let list = metadata?.pointee, list.topic_cnt > 0 else { return nil }
        if list.topics[0].err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART { return nil }
        try check(list.topics[0].err)
        return Int(list.topics[0].partition_cnt)
    }
}
