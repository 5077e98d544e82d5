internal import CRdKafka

/// Transactions (KIP-98, KIP-447). Each call blocks, for at most the time given; what its error asks for is told by
/// `KafkaError.isRetriable`, `.requiresAbort` and `.isFatal`.
extension KafkaProducer {
    /// Fences former owners of the `transactional.id`, and ends their open transaction. Once, before the first `begin`.
    package func initTransactions(timeout: Duration) throws(KafkaError) {
        try check(consuming: rd_kafka_init_transactions(client, timeout.milliseconds))
    }

    package func beginTransaction() throws(KafkaError) {
        try check(consuming: rd_kafka_begin_transaction(client))
    }

    /// Adds `offsets` to the transaction, with their metadata, for the consumer that `group` is a snapshot of.
    package func sendOffsets(_ offsets: [KafkaOffset], of group: KafkaGroupMetadata, timeout: Duration)
        throws(KafkaError)
    {
        let list = RDKafkaTopicPartitionList(offsets)
        try list.withPointer { pointer throws(KafkaError) in
            try group.withPointer { metadata throws(KafkaError) in
                try check(
                    consuming: rd_kafka_send_offsets_to_transaction(client, pointer, metadata, timeout.milliseconds))
            }
        }
    }

    /// All deliveries must have been awaited. A time-out leaves the outcome open: call again, never abort.
    package func commitTransaction(timeout: Duration) throws(KafkaError) {
        try check(consuming: rd_kafka_commit_transaction(client, timeout.milliseconds))
    }

    package func abortTransaction(timeout: Duration) throws(KafkaError) {
        try check(consuming: rd_kafka_abort_transaction(client, timeout.milliseconds))
    }
}

extension KafkaProducer {
    /// One past the last record of a partition that a `read_committed` reader can get to; after `initTransactions`, behind
    /// all that former owners of the `transactional.id` have written.
    package func endOffset(of partition: KafkaTopicPartition, timeout: Duration) throws(KafkaError) -> Int64 {
        var low: Int64 = 0
        var high: Int64 = 0
        try check(
            rd_kafka_query_watermark_offsets(
                client, partition.topic, partition.partition, &low, &high, timeout.milliseconds))
        return high
    }
}
