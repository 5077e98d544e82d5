internal import Kafka

/// Metadata that was committed for the worker's group, but not by this worker: what to tell the operator.
struct ForeignMetadata {
    let offset: KafkaOffset
    let damage: LedgerMap.Damaged
    let groupID: String

    var found: String {
        "the metadata committed for \(offset.topicPartition) at offset \(offset.offset ?? 0) is not this worker's: "
            + "\(damage.reason). Another program uses the group \"\(groupID)\""
    }

    var remedy: String {
        "give this worker its own kafka.group.id, or set ledger.foreign=ignore to forget what it says"
    }

    var exit: WorkerExit { .configuration("\(found); \(remedy)") }
}
