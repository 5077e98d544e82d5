internal import EventLoop
internal import Kafka

/// Reads the dead-letter topic from its beginning to where it ended when the replay began.
final class ReplayReader {
    private let reader: KafkaReader
    /// Where the partitions end that are not read yet.
    private var ends: [KafkaTopicPartition: Int64]
    /// Without a record and without an end.
    private let patience = Duration.seconds(30)
    private let stop: StopFlag

    struct Entry {
        let topicPartition: KafkaTopicPartition
        let offset: Int64
        let time: WallTime?
        /// nil for a record that is none of this worker's.
        let letter: StoredDeadLetter?

        init(_ message: borrowing KafkaMessage) {
            topicPartition = KafkaTopicPartition(topic: message.topic, partition: message.partition)
            offset = message.offset
            time = message.timestamp.map { WallTime(millisecondsSince1970: $0) }
            letter = StoredDeadLetter(message)
        }
    }

    init(_ reader: KafkaReader, ranges: [KafkaTopicPartition: Range<Int64>], stop: StopFlag) {
        self.reader = reader
        self.stop = stop
        ends = ranges.filter { !$0.value.isEmpty }.mapValues(\.upperBound)
    }

    /// - Returns: nil when all is read, or it is asked to stop.
    /// - Throws: when the brokers bring nothing for too long.
    func next() throws(KafkaError) -> Entry? {
        var deadline = ContinuousClock.now + patience
        while !ends.isEmpty, stop.signal == nil {
            guard let entry = reader.read(timeout: .milliseconds(50), { Entry($0) }) else {
                let count = ends.count
                // The end may be that of a transaction's marker, behind the last record.
                ends = ends.filter { !reader.hasEnded($0.key) }
                if ends.count < count { deadline = .now + patience }
                guard .now < deadline else {
                    let left = ends.keys.map(\.description).sorted().joined(separator: ", ")
                    throw KafkaError(code: .timedOut, reason: "the brokers bring no more of \(left)")
                }
                continue
            }
            deadline = .now + patience
            guard let end = ends[entry.topicPartition], entry.offset < end else {
                ends[entry.topicPartition] = nil
                continue
            }
            if entry.offset == end - 1 { ends[entry.topicPartition] = nil }
            return entry
        }
        return nil
    }
}
