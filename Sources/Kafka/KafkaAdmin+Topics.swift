internal import CRdKafka

extension KafkaAdmin {
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
        let event = try answer(
            to: RD_KAFKA_ADMIN_OP_CREATETOPICS, "the creation of topic \(name)", timeout: timeout
        ) { options, queue in
            var topics: [OpaquePointer?] = [topic]
            rd_kafka_CreateTopics(client, &topics, 1, options, queue)
        }
        try event.checkTopics()
    }

    /// Brokers may still tell of the topic for a moment after this returns.
    /// - Throws: `unknownTopicOrPartition` among others.
    package func deleteTopic(_ name: String, timeout: Duration = .seconds(15)) throws(KafkaError) {
        guard let topic = rd_kafka_DeleteTopic_new(name) else {
            throw KafkaError(code: .invalidArgument, reason: "a topic without a name cannot be deleted")
        }
        defer { rd_kafka_DeleteTopic_destroy(topic) }
        let event = try answer(
            to: RD_KAFKA_ADMIN_OP_DELETETOPICS, "the deletion of topic \(name)", timeout: timeout
        ) { options, queue in
            var topics: [OpaquePointer?] = [topic]
            rd_kafka_DeleteTopics(client, &topics, 1, options, queue)
        }
        try event.checkTopics()
    }

    /// Adds partitions to a topic. Keys go to other partitions from then on.
    /// - Parameter count: how many there shall be in all; more than there are.
    package func createPartitions(
        of topic: String, upTo count: Int, timeout: Duration = .seconds(15)
    ) throws(KafkaError) {
        let text = CText(size: 512)
        guard let partitions = rd_kafka_NewPartitions_new(topic, count, text.start, text.size) else {
            throw KafkaError(code: .invalidArgument, reason: text.string)
        }
        defer { rd_kafka_NewPartitions_destroy(partitions) }
        let event = try answer(
            to: RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, "the creation of partitions of \(topic)", timeout: timeout
        ) { options, queue in
            var topics: [OpaquePointer?] = [partitions]
            rd_kafka_CreatePartitions(client, &topics, 1, options, queue)
        }
        try event.checkTopics()
    }

    /// Deletes the records of a partition that lie before `offset`, for everybody and for good.
    package func deleteRecords(
        of partition: KafkaTopicPartition, before offset: Int64, timeout: Duration = .seconds(15)
    ) throws(KafkaError) {
        let list = RDKafkaTopicPartitionList([KafkaOffset(partition, offset: offset)])
        let request = list.withPointer { rd_kafka_DeleteRecords_new($0) }
        defer { rd_kafka_DeleteRecords_destroy(request) }
        let event = try answer(
            to: RD_KAFKA_ADMIN_OP_DELETERECORDS, "the deletion of records of \(partition)", timeout: timeout
        ) { options, queue in
            var requests: [OpaquePointer?] = [request]
            rd_kafka_DeleteRecords(client, &requests, 1, options, queue)
        }
        if let error = event.deletedRecords().lazy.compactMap(\.error).first { throw error }
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

    /// `max.message.bytes` of each topic, whether it was set for the topic or comes from the brokers.
    /// - Returns: without the topics whose configuration may not be read, or that do not exist; for embedded brokers nothing.
    package func maxMessageBytes(of topics: [String], timeout: Duration) throws(KafkaError) -> [String: Int] {
        guard !topics.isEmpty else { return [:] }
        guard try hasController(timeout: timeout) else { return [:] }
        return try configurations(
            RD_KAFKA_RESOURCE_TOPIC, topics, of: "max.message.bytes", "the question for topics' limits",
            timeout: timeout
        ).compactMapValues { Int($0) }
    }

    /// `cleanup.policy` of a topic, such as `compact`, or `compact,delete`.
    /// - Returns: nil where it may not be read, and of embedded brokers.
    package func cleanupPolicy(of topic: String, timeout: Duration) throws(KafkaError) -> String? {
        guard try hasController(timeout: timeout) else { return nil }
        return try configurations(
            RD_KAFKA_RESOURCE_TOPIC, [topic], of: "cleanup.policy", "the question for a topic's cleanup policy",
            timeout: timeout)[topic]
    }

    /// How long brokers keep what was committed for a group without members (`offsets.retention.minutes`).
    package func offsetsRetention(timeout: Duration) throws(KafkaError) -> Duration {
        let broker = try brokers(timeout: timeout).first.map { String($0.id) } ?? ""
        let values = try configurations(
            RD_KAFKA_RESOURCE_BROKER, [broker], of: "offsets.retention.minutes",
            "the question for the retention of offsets", timeout: timeout)
        guard let minutes = values[broker].flatMap({ Int64($0) }) else {
            throw KafkaError(
                code: .clusterAuthorizationFailed, reason: "the brokers do not tell offsets.retention.minutes")
        }
        return .seconds(minutes * 60)
    }

    /// Whether the broker that is said to be the controller exists. librdkafka sends such questions there, and would wait
    /// for it for all of the time limit. That of the mock cluster does not.
    private func hasController(timeout: Duration) throws(KafkaError) -> Bool {
        let brokers = try brokers(timeout: timeout)
        let controller = rd_kafka_controllerid(client, 0)
        return controller < 0 || brokers.contains { $0.id == controller }
    }

    /// By resource; without those that may not be read, or do not exist.
    private func configurations(
        _ kind: rd_kafka_ResourceType_t, _ names: [String], of property: String, _ subject: String, timeout: Duration
    ) throws(KafkaError) -> [String: String] {
        var resources = names.map { rd_kafka_ConfigResource_new(kind, $0) }
        defer { for resource in resources { rd_kafka_ConfigResource_destroy(resource) } }
        let event = try answer(to: RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, subject, timeout: timeout) { options, queue in
            rd_kafka_DescribeConfigs(client, &resources, resources.count, options, queue)
        }
        return event.configurations(of: property)
    }
}
