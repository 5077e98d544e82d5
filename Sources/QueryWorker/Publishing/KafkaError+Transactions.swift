internal import Kafka

/// What an error means for a transaction, beyond what librdkafka's flags say.
extension KafkaError {
    /// The group does not know this consumer, or not in this generation: what it owned has another owner by now.
    var saysNotMember: Bool {
        [.unknownMember, .illegalGeneration, .fencedInstance].contains(code)
    }

    /// Somebody else has initialised our transactional id; or the coordinator, tired of waiting, has done so itself.
    var isFencing: Bool { [.fenced, .producerFenced, .invalidProducerEpoch].contains(code) }

    /// No retry will ever write this record.
    var blamesTheRecord: Bool { [.messageTooLarge, .unknownPartition].contains(code) }
}
