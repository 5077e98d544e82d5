package import Kafka

/// A record that is no job, as it is kept in `deadletter.topic`: key, value and headers unchanged, and behind them what
/// Spring Kafka's dead letters say about their origin, in Spring's encoding (`KafkaHeaders.DLT_…`).
package enum DeadLetter {
    /// The original size of the value of a record that had to be cut, in decimal; absent where all of it is there.
    package static let cutHeader = "query-worker-value-cut-from"

    /// The names of the headers that a dead letter ends with, in this order; `cutHeader` may follow.
    package static let originHeaders = [
        "kafka_dlt-original-topic", "kafka_dlt-original-partition", "kafka_dlt-original-offset",
        "kafka_dlt-original-timestamp", "kafka_dlt-exception-message",
    ]

    /// - Parameters:
    ///   - reason: why it is no job; the first 1,024 bytes are kept.
    ///   - timestamp: the record's own, in milliseconds since 1970; nil where the broker gives none.
    package static func record(
        to topic: String, key: [UInt8]?, value: [UInt8]?, headers: [KafkaHeader], source: JobSource, timestamp: Int64?,
        reason: String
    ) -> KafkaRecord {
        let origin = [
            KafkaHeader("kafka_dlt-original-topic", source.topic),
            KafkaHeader(name: "kafka_dlt-original-partition", value: bigEndianBytes(source.partition)),
            KafkaHeader(name: "kafka_dlt-original-offset", value: bigEndianBytes(source.offset)),
            // Without one Java's clients say -1.
            KafkaHeader(name: "kafka_dlt-original-timestamp", value: bigEndianBytes(timestamp ?? -1)),
            KafkaHeader("kafka_dlt-exception-message", prefix(of: reason, bytes: 1024)),
        ]
        return KafkaRecord(topic: topic, key: key, value: value, headers: headers + origin)
    }

    /// A smaller one in place of one that its topic refused: as much of the value as `limit` leaves room for, then half of
    /// that and so on, then without the headers it came with, at last without its key.
    /// - Returns: nil where nothing is left to leave out.
    package static func smaller(_ letter: KafkaRecord, limit: Int) -> KafkaRecord? {
        var letter = letter
        let isCut = letter.headers.contains { $0.name == cutHeader }
        if !isCut { letter.headers.append(KafkaHeader(cutHeader, String(letter.value?.count ?? 0))) }
        if let value = letter.value, !value.isEmpty {
            let room = max(limit - (letter.size - value.count) - 1024, 0)
            let count = isCut || value.count <= room ? value.count / 2 : room
            letter.value = Array(value.prefix(count >= 256 ? count : 0))
            return letter
        }
        let own = letter.headers.tail { $0.name.hasPrefix("kafka_dlt-") || $0.name == cutHeader }
        if own.count < letter.headers.count {
            letter.headers = own
        } else if letter.key != nil {
            letter.key = nil
        } else {
            return nil
        }
        return letter
    }

    private static func bigEndianBytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    /// As many whole characters as fit.
    private static func prefix(of text: String, bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var end = text.startIndex
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= bytes else { break }
            end = text.unicodeScalars.index(after: end)
        }
        return String(text[..<end])
    }
}

extension [KafkaHeader] {
    /// The last headers, as far back as all satisfy the condition.
    fileprivate func tail(while condition: (KafkaHeader) -> Bool) -> [KafkaHeader] {
        Array(suffix(from: lastIndex { !condition($0) }.map { $0 + 1 } ?? startIndex))
    }
}
