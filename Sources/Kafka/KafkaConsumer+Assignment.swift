internal import CRdKafka
internal import EventLoop

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

    /// Begins anew at `offsets`, which name all partitions that are assigned: for one that no longer fetches, or whose offset
    /// is out of range (`rd_kafka_seek_partitions` does nothing then). No answer to an event; not while a rebalance waits
    /// for one.
    package func assignAnew(_ offsets: [KafkaOffset]) throws(KafkaError) {
        let wasPaused = paused
        if isCooperative { try unassign(offsets.map(\.topicPartition)) }
        try assign(offsets)
        for partition in wasPaused { try pause(partition) }
        // librdkafka undoes a queue's forwarding when it stops fetching, and does that only now, on its own thread. Until it
        // is forwarded again, what is fetched waits in the partition's queue.
        for delay in [50, 500, 5_000] {
            _ = SystemClock.shared.schedule(after: .milliseconds(delay)) { [weak self] in
                guard let self, !isClosed else { return }
                for offset in offsets { forward(offset.topicPartition) }
            }
        }
    }

    /// The answer to an `assigned` event whose partitions are not wanted: the member is about to leave.
    package func refuse(_ partitions: [KafkaTopicPartition]) throws(KafkaError) {
        // The cooperative protocol knows no such answer. They are taken, and come back as revoked when the member leaves.
        if isCooperative {
            try assign(partitions.map { KafkaOffset($0, offset: nil) })
        } else {
            try unassign(partitions)
        }
    }

    /// Stops fetching `partitions`, and lets the rebalance go on. The answer to a `revoked` event. With the eager
    /// protocol all partitions go, whatever is named.
    package func unassign(_ partitions: [KafkaTopicPartition]) throws(KafkaError) {
        // A pause outlives the assignment: librdkafka would give the partition back paused.
        for partition in isCooperative ? partitions : Array(paused) { try resume(partition) }
        let list = RDKafkaTopicPartitionList(partitions)
        try list.withPointer { pointer throws(KafkaError) in
            if isCooperative {
                try check(consuming: rd_kafka_incremental_unassign(client, pointer))
            } else {
                try check(rd_kafka_assign(client, nil))
            }
        }
    }

    /// Stops fetching a partition that stays assigned. What was fetched before is not handed out any more, and fetched
    /// again after `resume`. For single partitions only: to take less of all, ask for less.
    package func pause(_ partition: KafkaTopicPartition) throws(KafkaError) {
        guard paused.insert(partition).inserted else { return }
        let list = RDKafkaTopicPartitionList([partition])
        try list.withPointer { pointer throws(KafkaError) in try check(rd_kafka_pause_partitions(client, pointer)) }
    }

    /// Goes on where `pause` stopped; the first message comes within a second. Does nothing where nothing is paused:
    /// librdkafka before 2.4.0 would move the position back.
    package func resume(_ partition: KafkaTopicPartition) throws(KafkaError) {
        guard paused.remove(partition) != nil else { return }
        let list = RDKafkaTopicPartitionList([partition])
        try list.withPointer { pointer throws(KafkaError) in try check(rd_kafka_resume_partitions(client, pointer)) }
    }

    /// One past the last offset that was handed out, or that brought nothing to hand out (markers of transactions).
    /// - Returns: nil where nothing was fetched yet.
    package func position(of partition: KafkaTopicPartition) -> Int64? {
        let list = RDKafkaTopicPartitionList([partition])
        return list.withPointer { pointer in
            guard rd_kafka_position(client, pointer) == RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
            return RDKafkaTopicPartitionList.read(pointer).first?.offset.offset
        }
    }

    /// Where the partition began and ended when it was last fetched; nil before.
    package func fetchedRange(of partition: KafkaTopicPartition) -> Range<Int64>? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = rd_kafka_get_watermark_offsets(client, partition.topic, partition.partition, &low, &high)
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR, high >= 0 else { return nil }
        return min(max(0, low), high)..<high
    }

    private func forward(_ partition: KafkaTopicPartition) {
        guard let queue = rd_kafka_queue_get_partition(client, partition.topic, partition.partition) else { return }
        rd_kafka_queue_forward(queue, messages.pointer)
        rd_kafka_queue_destroy(queue)
    }
}
