internal import CRdKafka

/// A consumed record, valid only within the call that was given it: nothing of it is copied before it is asked for.
package struct KafkaMessage: ~Copyable {
    private let message: UnsafePointer<rd_kafka_message_t>

    init(_ message: UnsafePointer<rd_kafka_message_t>) { self.message = message }

    package var partition: Int32 { message.pointee.partition }
    package var offset: Int64 { message.pointee.offset }
    package var topic: String { String(cString: rd_kafka_topic_name(message.pointee.rkt)) }

    /// nil where the record has no key, which is not the same as an empty one.
    package var key: [UInt8]? {
        guard let key = message.pointee.key else { return nil }
        return Array(UnsafeRawBufferPointer(start: key, count: message.pointee.key_len))
    }

    /// Bytes of key and value together.
    package var size: Int { message.pointee.key_len + message.pointee.len }

    /// A copy; nil for a tombstone.
    package var value: [UInt8]? { withValue { $0.map { [UInt8]($0) } } }

    /// The value in librdkafka's own memory; nil for a tombstone.
    package func withValue<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer?) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        guard let payload = message.pointee.payload else { return try body(nil) }
        return try body(UnsafeRawBufferPointer(start: payload, count: message.pointee.len))
    }

    /// Milliseconds since 1970; nil where the broker gives none.
    package var timestamp: Int64? {
        let timestamp = rd_kafka_message_timestamp(message, nil)
        return timestamp < 0 ? nil : timestamp
    }

    /// All headers in order, names repeated as they came.
    package var headers: [KafkaHeader] {
        var headers: OpaquePointer?
        // The list belongs to the message. Its parsing is put off by librdkafka until this call.
        guard rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR, let headers else { return [] }
        return RDKafkaHeaders.read(headers)
    }
}
