package import EventLoop
package import Kafka

/// A dead letter that this worker wrote, read back from its topic: the record as it was, and what is known of its origin.
package struct StoredDeadLetter: Sendable {
    /// Where the dead letter lies.
    package let topicPartition: KafkaTopicPartition
    package let offset: Int64
    /// When it became one; nil where the broker gives none.
    package let time: WallTime?
    /// Where the record came from.
    package let source: JobSource
    /// Why it is no job.
    package let reason: String
    /// Its value did not fit the topic; the rest is lost.
    package let isCut: Bool
    package let key: [UInt8]?
    package let value: [UInt8]?
    /// Those that the record had before, others' `kafka_dlt-…` included.
    package let headers: [KafkaHeader]

    /// - Returns: nil for a record that does not end with the headers of `DeadLetter`: another program's.
    package init?(
        topicPartition: KafkaTopicPartition, offset: Int64, timestamp: Int64?, key: [UInt8]?, value: [UInt8]?,
        headers all: [KafkaHeader]
    ) {
        isCut = all.last?.name == DeadLetter.cutHeader
        let headers = isCut ? all.dropLast() : all[...]
        let own = Array(headers.suffix(DeadLetter.originHeaders.count))
        guard own.map(\.name) == DeadLetter.originHeaders, let topic = own[0].value,
            let partition = Self.number(own[1].value, Int32.self), let origin = Self.number(own[2].value, Int64.self),
            let reason = own[4].value
        else { return nil }
        self.topicPartition = topicPartition
        self.offset = offset
        time = timestamp.map { WallTime(millisecondsSince1970: $0) }
        source = JobSource(topic: String(decoding: topic, as: UTF8.self), partition: partition, offset: origin)
        self.reason = String(decoding: reason, as: UTF8.self)
        self.key = key
        self.value = value
        self.headers = Array(headers.dropLast(own.count))
    }

    package init?(_ message: borrowing KafkaMessage) {
        self.init(
            topicPartition: KafkaTopicPartition(topic: message.topic, partition: message.partition),
            offset: message.offset, timestamp: message.timestamp, key: message.key, value: message.value,
            headers: message.headers)
    }

    /// The record as its publisher wrote it.
    package func record(to topic: String) -> KafkaRecord {
        KafkaRecord(topic: topic, key: key, value: value, headers: headers)
    }

    /// Big-endian, and of just the size of its type.
    private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8]?, _: Number.Type) -> Number? {
        guard let bytes, bytes.count == MemoryLayout<Number>.size else { return nil }
        return bytes.reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
    }
}
