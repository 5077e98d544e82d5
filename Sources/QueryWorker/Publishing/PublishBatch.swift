package import Kafka

/// What is written together: replies and dead letters, and with exactly-once, in the same transaction, what is done once
/// they are out.
package struct PublishBatch: Sendable {
    package var records: [KafkaRecord]
    /// Numbers of records to be written each by itself: they were refused together, in one request.
    package var alone: Set<Int>
    /// Watermarks with their ledgers' maps.
    package var offsets: [KafkaOffset]
    /// Who the consumer was when the partitions of this batch were assigned.
    package var group: KafkaGroupMetadata

    package init(
        records: [KafkaRecord], alone: Set<Int> = [], offsets: [KafkaOffset], group: KafkaGroupMetadata
    ) {
        self.records = records
        self.alone = alone
        self.offsets = offsets
        self.group = group
    }
}

/// How a batch ended, as far as the ledgers must know. With exactly-once it is committed as a whole or not at all; with
/// at-least-once what is not named as refused is written.
package enum PublishOutcome: Sendable {
    /// All is written, and with exactly-once the offsets are committed.
    case published
    /// These records of the batch can never be written as they are.
    case rejected([KafkaProducer.DeliveryFailure])
    /// The suspects were refused in one request: one of them may be to blame, or only their sum. `refused` are they, and
    /// whatever else was not written.
    case refusedTogether(suspects: [Int], refused: [Int])
    /// Nothing was committed: a topic of the batch is missing or may not be written.
    case topicRefused(KafkaError)
    /// Nothing was committed: the group does not know the consumer under this membership any more.
    case notMember(KafkaError)
    /// Nobody knows whether it was committed. The committed offsets tell, once the transaction is over: until then they are
    /// not stable, and can't be read.
    case unknown(KafkaError)
    /// Nothing was committed, nor will be: the brokers refuse a permission.
    case forbidden(KafkaError)
    /// Nothing was committed, since the loop asked to give up.
    case abandoned
    /// Nothing was committed: another producer runs under our transactional id, and took it back when we took it.
    case fenced(KafkaError)
}
