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
    var blamesTheRecord: Bool {
        saysTooLarge || saysTopicRefused || [.unknownPartition, .invalidRecord].contains(code)
    }

    /// For the topic's `max.message.bytes`; said of all records that were sent in one request to a partition.
    var saysTooLarge: Bool { [.messageTooLarge, .recordListTooLarge].contains(code) }

    /// The topic is missing, or may not be written.
    var saysTopicRefused: Bool {
        [.unknownTopic, .unknownTopicOrPartition, .topicAuthorizationFailed].contains(code)
    }
}
