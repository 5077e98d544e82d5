internal import CRdKafka

extension KafkaAdmin {
    /// Where a partition begins and ends.
    ///
    /// `end` is what a reader can get to: with `isolation.level=read_committed`, librdkafka's default, the last stable
    /// offset, which lies before the first record of a transaction that is open; with `read_uncommitted`, one past the
    /// last record. Both count the markers of transactions, which no reader sees.
    package func offsets(
        of partition: KafkaTopicPartition, timeout: Duration
    ) throws(KafkaError) -> (beginning: Int64, end: Int64) {
        var low: Int64 = 0
        var high: Int64 = 0
        try check(
            rd_kafka_query_watermark_offsets(
                client, partition.topic, partition.partition, &low, &high, timeout.milliseconds))
        return (low, high)
    }

    /// What a group has committed, with its metadata; without joining it.
    ///
    /// For commands that end soon, not for a worker: the request keeps to a coordinator that has moved, and librdkafka may
    /// end the process when it times out (its issue 4605). A member asks by `KafkaCommittedOffsets`.
    /// - Parameter stable: refuses with `unstableOffsetCommit` while offsets of an open transaction are pending;
    ///   otherwise the answer is what was committed before them.
    package func committedOffsets(
        of group: String, partitions: [KafkaTopicPartition], stable: Bool = false, timeout: Duration = .seconds(15)
    ) throws(KafkaError) -> [KafkaOffset] {
        let list = RDKafkaTopicPartitionList(partitions)
        let admin = try admin(for: group)
        return try whenCoordinatorIsReady(within: timeout) { timeout throws(KafkaError) in
            var request = list.withPointer { rd_kafka_ListConsumerGroupOffsets_new(group, $0) }
            defer { rd_kafka_ListConsumerGroupOffsets_destroy(request) }
            let event = try admin.answer(
                to: RD_KAFKA_ADMIN_OP_LISTCONSUMERGROUPOFFSETS, "the question for the offsets of group \(group)",
                timeout: timeout,
                configure: { options throws(KafkaError) in
                    try check(consuming: rd_kafka_AdminOptions_set_require_stable_offsets(options, stable ? 1 : 0))
                },
                { options, queue in rd_kafka_ListConsumerGroupOffsets(admin.client, &request, 1, options, queue) })
            return try event.committedOffsets().map { entry throws(KafkaError) in
                if let error = entry.error { throw error }
                return entry.offset
            }
        }
    }

    /// Commits for a group that nobody is a member of, metadata included.
    /// - Throws: `unknownMember` while the group has members.
    package func commitOffsets(
        _ offsets: [KafkaOffset], of group: String, timeout: Duration = .seconds(15)
    ) throws(KafkaError) {
        let list = RDKafkaTopicPartitionList(offsets)
        let admin = try admin(for: group)
        try whenCoordinatorIsReady(within: timeout) { timeout throws(KafkaError) in
            var request = list.withPointer { rd_kafka_AlterConsumerGroupOffsets_new(group, $0) }
            defer { rd_kafka_AlterConsumerGroupOffsets_destroy(request) }
            let event = try admin.answer(
                to: RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS, "the commit for group \(group)", timeout: timeout
            ) { options, queue in
                rd_kafka_AlterConsumerGroupOffsets(admin.client, &request, 1, options, queue)
            }
            for entry in try event.alteredOffsets() {
                if let error = entry.error { throw error }
            }
        }
    }
}
