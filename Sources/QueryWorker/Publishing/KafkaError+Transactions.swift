internal import Kafka

/// What an error means for a transaction, beyond what librdkafka's flags say.
extension KafkaError {
    /// The group does not know this consumer, or not in this generation: what it owned has another owner by now.
    var saysNotMember: Bool {
        [.unknownMember, .illegalGeneration, .fencedInstance].contains(code)
    }

    /// Somebody else has initialised our transactional id; or the coordinator, tired of waiting, has done so itself.
    var isFencing: Bool { [.fenced, .producerFenced, .invalidProducerEpoch].contains(code) }

    /// No retry will ever write this record where it is sent.
    var blamesTheRecord: Bool { blamesTheRequest || saysTopicRefused || code == .unknownPartition }

    /// Said of all records that were sent in one request to a partition, whichever of them is to blame.
    var blamesTheRequest: Bool { saysTooLarge || code == .invalidRecord }

    /// For the topic's `max.message.bytes`.
    var saysTooLarge: Bool { [.messageTooLarge, .recordListTooLarge].contains(code) }

    /// Not even the transaction as such is permitted.
    var forbidsTransactions: Bool { [.groupAuthorizationFailed, .transactionalIDAuthorizationFailed].contains(code) }

    /// The topic is missing, or may not be written.
    var saysTopicRefused: Bool {
        [.unknownTopic, .unknownTopicOrPartition, .topicAuthorizationFailed].contains(code)
    }
}
