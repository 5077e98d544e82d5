/// What a consumer tells its owner besides messages.
package enum KafkaConsumerEvent: Sendable {
    /// The group gives these partitions. To be answered with `assign`, sooner or later: until then nothing else of the
    /// group goes on.
    case assigned([KafkaTopicPartition])
    /// The group takes these partitions back. To be answered with `unassign`. With `isLost` somebody else has them
    /// already, and nothing may be committed for them any more.
    case revoked([KafkaTopicPartition], isLost: Bool)
    /// The client or a broker is in trouble. librdkafka goes on by itself unless the error is fatal.
    case failed(KafkaError)
    /// A partition can't be fetched.
    case partitionFailed(KafkaTopicPartition, KafkaError)
    case statistics(json: String)
    case log(KafkaLogLine)
}
