internal import CRdKafka

// What the answers to admin requests hold, for one topic or one group at a time.
extension RDKafkaEvent {
    /// The committed offsets that a `ListConsumerGroupOffsets` brought, for its one group.
    func committedOffsets() throws(KafkaError) -> [(offset: KafkaOffset, error: KafkaError?)] {
        var count = 0
        let result = rd_kafka_event_ListConsumerGroupOffsets_result(pointer)
        return try Self.partitions(of: rd_kafka_ListConsumerGroupOffsets_result_groups(result, &count), count)
    }

    /// What an `AlterConsumerGroupOffsets` did, for its one group.
    func alteredOffsets() throws(KafkaError) -> [(offset: KafkaOffset, error: KafkaError?)] {
        var count = 0
        let result = rd_kafka_event_AlterConsumerGroupOffsets_result(pointer)
        return try Self.partitions(of: rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count), count)
    }

    /// The new beginnings of partitions that a `DeleteRecords` brought.
    func deletedRecords() -> [(offset: KafkaOffset, error: KafkaError?)] {
        guard let result = rd_kafka_event_DeleteRecords_result(pointer) else { return [] }
        return RDKafkaTopicPartitionList.read(rd_kafka_DeleteRecords_result_offsets(result))
    }

    /// Whether a request about topics was carried out for all of them.
    func checkTopics() throws(KafkaError) {
        var count = 0
        let topics: UnsafeMutablePointer<OpaquePointer?>? =
            switch type {
            case RD_KAFKA_EVENT_CREATETOPICS_RESULT: rd_kafka_CreateTopics_result_topics(pointer, &count)
            case RD_KAFKA_EVENT_DELETETOPICS_RESULT: rd_kafka_DeleteTopics_result_topics(pointer, &count)
            case RD_KAFKA_EVENT_CREATEPARTITIONS_RESULT: rd_kafka_CreatePartitions_result_topics(pointer, &count)
            default: nil
            }
        for topic in UnsafeBufferPointer(start: topics, count: topics == nil ? 0 : count) {
            let code = rd_kafka_topic_result_error(topic)
            guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            let reason = rd_kafka_topic_result_error_string(topic).map { String(cString: $0) }
            throw KafkaError(code: KafkaError.Code(code), reason: reason ?? KafkaError.Code(code).name)
        }
    }

    /// The value of `property` that a `DescribeConfigs` brought, by topic or broker; those that were refused are left out.
    func configurations(of property: String) -> [String: String] {
        var count = 0
        var values: [String: String] = [:]
        guard let resources = rd_kafka_DescribeConfigs_result_resources(pointer, &count) else { return [:] }
        for resource in UnsafeBufferPointer(start: resources, count: count) {
            guard rd_kafka_ConfigResource_error(resource) == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
            var entryCount = 0
            let entries = rd_kafka_ConfigResource_configs(resource, &entryCount)
            for entry in UnsafeBufferPointer(start: entries, count: entryCount)
            where String(cString: rd_kafka_ConfigEntry_name(entry)) == property {
                values[String(cString: rd_kafka_ConfigResource_name(resource))] =
                    rd_kafka_ConfigEntry_value(entry).map { String(cString: $0) }
            }
        }
        return values
    }

    /// How many members a `DescribeConsumerGroups` saw in its one group.
    func memberCount() throws(KafkaError) -> Int {
        var count = 0
        let result = rd_kafka_event_DescribeConsumerGroups_result(pointer)
        guard let groups = rd_kafka_DescribeConsumerGroups_result_groups(result, &count), count > 0 else { return 0 }
        try Self.check(borrowing: rd_kafka_ConsumerGroupDescription_error(groups[0]))
        return rd_kafka_ConsumerGroupDescription_member_count(groups[0])
    }

    private static func partitions(
        of groups: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int
    ) throws(KafkaError) -> [(offset: KafkaOffset, error: KafkaError?)] {
        guard let groups, count > 0 else { return [] }
        try check(borrowing: rd_kafka_group_result_error(groups[0]))
        return RDKafkaTopicPartitionList.read(rd_kafka_group_result_partitions(groups[0]))
    }

    /// For errors that belong to the event: read, not freed.
    private static func check(borrowing error: OpaquePointer?) throws(KafkaError) {
        guard let error else { return }
        throw KafkaError(
            code: KafkaError.Code(rd_kafka_error_code(error)), reason: String(cString: rd_kafka_error_string(error)))
    }
}
