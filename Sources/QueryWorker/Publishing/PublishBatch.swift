package import Kafka

/// What goes into one transaction: replies, and what is done once they are out.
package struct PublishBatch: Sendable {
    package var records: [KafkaRecord]
    /// Watermarks with their ledgers' maps.
    package var offsets: [KafkaOffset]
    /// Who the consumer was when the partitions of this batch were assigned.
    package var group: KafkaGroupMetadata

    package init(records: [KafkaRecord], offsets: [KafkaOffset], group: KafkaGroupMetadata) {
        self.records = records
        self.offsets = offsets
        self.group = group
    }
}

/// How a transaction ended, as far as the ledgers must know.
package enum PublishOutcome: Sendable {
    case committed
    /// Nothing was committed: these records of the batch can never be written as they are.
    case rejected([KafkaProducer.DeliveryFailure])
    /// Nothing was committed: the group does not know the consumer under this membership any more.
    case notMember(KafkaError)
    /// Nobody knows whether it was committed. A new producer stands ready, and the old transaction is over, so that the
    /// committed offsets tell.
    case unknown(KafkaError)
    /// Nothing was committed, since the loop asked to give up.
    case abandoned
    /// Nothing was committed: another producer runs under our transactional id, and took it back when we took it.
    case fenced(KafkaError)
}
