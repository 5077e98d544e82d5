internal import Kafka

/// One time of being the owner of the credential topic's partition, from its assignment on.
final class RefresherTerm {
    enum State {
        /// Former owners are fenced, and the topic is read to its end.
        case beginning
        case active
        /// Refreshes that have begun come to their end; no other begins.
        case ending
        /// Another instance has fenced this one, though the group has not said so.
        case fenced
        case ended
    }

    /// The membership, which the broker asks for with each intent.
    let group: KafkaGroupMetadata
    var state = State.beginning
    var hasBegun = false
    /// The group has not taken the partition back.
    var isAssigned = true

    init(group: KafkaGroupMetadata) { self.group = group }
}
