internal import CRdKafka

/// `rd_kafka_event_t`: one event taken from a queue; what it lends is valid while it lives.
struct RDKafkaEvent: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { rd_kafka_event_destroy(pointer) }

    var type: Int32 { rd_kafka_event_type(pointer) }

    var error: KafkaError? {
        let code = rd_kafka_event_error(pointer)
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(
            code: KafkaError.Code(code), reason: String(cString: rd_kafka_event_error_string(pointer)),
            isFatal: rd_kafka_event_error_is_fatal(pointer) != 0)
    }

    /// What a rebalance is about: `_ASSIGN_PARTITIONS`, `_REVOKE_PARTITIONS`, or why it failed.
    var code: rd_kafka_resp_err_t { rd_kafka_event_error(pointer) }

    var partitions: [KafkaTopicPartition] {
        RDKafkaTopicPartitionList.read(rd_kafka_event_topic_partition_list(pointer)).map(\.offset.topicPartition)
    }

    /// The partition that an error is about, where it is about one.
    var partition: KafkaTopicPartition? {
        guard let partition = rd_kafka_event_topic_partition(pointer) else { return nil }
        defer { rd_kafka_topic_partition_destroy(partition) }
        return KafkaTopicPartition(
            topic: String(cString: partition.pointee.topic), partition: partition.pointee.partition)
    }

    /// Why a commit failed, as a whole or for one of its partitions.
    var commitError: KafkaError? {
        error
            ?? RDKafkaTopicPartitionList.read(rd_kafka_event_topic_partition_list(pointer)).lazy.compactMap(\.error)
            .first
    }

    /// Number given with a commit.
    var commitNumber: Int { Int(bitPattern: rd_kafka_event_opaque(pointer)) }

    var statistics: String { String(cString: rd_kafka_event_stats(pointer)) }

    var log: KafkaLogLine? {
        var facility: UnsafePointer<CChar>?
        var text: UnsafePointer<CChar>?
        var level: Int32 = 0
        guard rd_kafka_event_log(pointer, &facility, &text, &level) == 0 else { return nil }
        return KafkaLogLine(
            severity: Int(level), facility: facility.map { String(cString: $0) } ?? "",
            text: text.map { String(cString: $0) } ?? "")
    }

    /// The next message of a fetch or of a delivery report.
    func nextMessage() -> UnsafePointer<rd_kafka_message_t>? { rd_kafka_event_message_next(pointer) }
}
