internal import Kafka

/// What was replayed of each partition of the dead-letter topic, as the group `<group.id>-replay` has it committed.
struct ReplayMemory {
    private var maps: [KafkaTopicPartition: ReplayMap] = [:]
    /// The last record that was read of each partition.
    private var lastRead: [KafkaTopicPartition: Int64] = [:]
    /// Partitions of which something is known.
    private var known: Set<KafkaTopicPartition> = []

    /// - Parameter ranges: where each partition begins and ends.
    /// - Throws: if what is committed is not a replay's, or says more than the partition holds.
    init(
        committed: [KafkaOffset], ranges: [KafkaTopicPartition: Range<Int64>], group: String, bootstrapServers: String
    ) throws(ReplayFailure) {
        for offset in committed {
            let partition = offset.topicPartition
            let range = ranges[partition] ?? 0..<0
            var map = ReplayMap()
            if let watermark = offset.offset {
                let remedy =
                    "to forget what was replayed: kafka-consumer-groups.sh --bootstrap-server \(bootstrapServers) "
                    + "--group \(group) --topic \(partition.topic) --delete-offsets"
                do throws(LedgerMap.Damaged) {
                    map = try ReplayMap(decoding: offset.metadata, watermark: watermark)
                } catch {
                    throw ReplayFailure(
                        .configuration(
                            "what the group \"\(group)\" has committed for \(partition) was not committed by a replay: "
                                + "\(error.reason). Nothing is replayed, since it might be for the second time. Use "
                                + "another kafka.group.id, or, \(remedy)"))
                }
                guard map.end <= range.upperBound else {
                    throw ReplayFailure(
                        .configuration(
                            "the group \"\(group)\" remembers dead letters of \(partition) up to offset \(map.end), but "
                                + "it ends at \(range.upperBound): it was made anew, or has lost records. Nothing is "
                                + "replayed, since it might be for the second time. If it was made anew, \(remedy)"))
                }
                known.insert(partition)
            }
            // What the topic no longer holds needs no place in the map.
            map.insert(0..<range.lowerBound)
            maps[partition] = map
        }
    }

    func isReplayed(_ offset: Int64, of partition: KafkaTopicPartition) -> Bool {
        maps[partition]?.contains(offset) ?? false
    }

    /// To be told of every record, in order: between two of them there are none.
    mutating func recordRead(_ offset: Int64, of partition: KafkaTopicPartition) { lastRead[partition] = offset }

    /// The memory once the record is replayed that comes next after the last one read.
    /// - Returns: nil if it would be larger than the brokers take.
    func replaying(_ offset: Int64, of partition: KafkaTopicPartition) -> ReplayMemory? {
        var memory = self
        var map = maps[partition] ?? ReplayMap()
        // The gap before it holds no record, so it may count as replayed where that makes one range of two.
        let previous = lastRead[partition]
        let start = previous.map { map.contains($0) ? $0 + 1 : offset } ?? map.watermark
        map.insert(min(start, offset)..<offset + 1)
        guard map.fits else { return nil }
        memory.maps[partition] = map
        memory.known.insert(partition)
        return memory
    }

    /// What to commit: of all partitions, also unchanged, so that none of it grows old and is forgotten by the brokers.
    var offsets: [KafkaOffset] {
        known.sorted { $0.partition < $1.partition }.compactMap { partition in
            maps[partition].map { KafkaOffset(partition, offset: $0.watermark, metadata: $0.encoded) }
        }
    }
}
