internal import CRdKafka

extension KafkaConsumer {
    /// Whether the group rebalances step by step (`cooperative-sticky`), so that assignments are increments.
    package var isCooperative: Bool {
        rd_kafka_rebalance_protocol(client).map { String(cString: $0) == "COOPERATIVE" } ?? false
    }

    /// Starts fetching at `offsets`; nil is the beginning. The answer to an `assigned` event.
    package func assign(_ offsets: [KafkaOffset]) throws(KafkaError) {
        // Forwarded before the assignment, or the first messages would go to the consumer's own queue.
        for offset in offsets { forward(offset.topicPartition) }
        let list = RDKafkaTopicPartitionList(offsets)
        try list.withPointer { pointer throws(KafkaError) in
            if isCooperative {
                try check(consuming: rd_kafka_incremental_assign(client, pointer))
            } else {
                try check(rd_kafka_assign(client, pointer))
            }
        }
    }

    /// Stops fetching `partitions`, and lets the rebalance go on. The answer to a `revoked` event. With the eager
    /// protocol all partitions go, whatever is named.
    package func unassign(_ partitions: [KafkaTopicPartition]) throws(KafkaError) {
        let list = RDKafkaTopicPartitionList(partitions)
        try list.withPointer { pointer throws(KafkaError) in
            if isCooperative {
                try check(consuming: rd_kafka_incremental_unassign(client, pointer))
            } else {
                try check(rd_kafka_assign(client, nil))
            }
        }
    }

    /// Makes a partition that is assigned go on from its beginning. What was fetched before is not handed out any more.
    package func seekToBeginning(of partition: KafkaTopicPartition) throws(KafkaError) {
        let list = RDKafkaTopicPartitionList([KafkaOffset(partition, offset: nil)])
        // With a time limit of 0 the seek is begun, not awaited.
        try list.withPointer { pointer throws(KafkaError) in
            try check(consuming: rd_kafka_seek_partitions(client, pointer, 0))
        }
    }

    private func forward(_ partition: KafkaTopicPartition) {
        guard let queue = rd_kafka_queue_get_partition(client, partition.topic, partition.partition) else { return }
        rd_kafka_queue_forward(queue, messages.pointer)
        rd_kafka_queue_destroy(queue)
    }
}
