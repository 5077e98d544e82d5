internal import EventLoop
internal import Kafka

/// What was replayed of each partition of the dead-letter topic, as the group `<group.id>-replay` has it committed.
struct ReplayMemory {
    private var maps: [KafkaTopicPartition: ReplayMap] = [:]
    /// Since where each partition was read without meeting a record that is still to be replayed, or may be: nothing between
    /// there and the next one that is replayed needs a place of its own in the map.
    private var closedSince: [KafkaTopicPartition: Int64] = [:]
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

    /// To be told of every record that is read and not to be remembered, in order.
    /// - Parameter isOpen: whether it may be replayed one day; not if it was, or is foreign or cut.
    mutating func pass(_ offset: Int64, of partition: KafkaTopicPartition, isOpen: Bool) {
        if isOpen {
            closedSince[partition] = offset + 1
        } else if isReplayed(offset, of: partition) {
            // Makes one range of two that have only markers, foreign and cut records between them.
            remember(offset, of: partition)
        }
    }

    /// Remembers that the next record is replayed.
    /// - Returns: false, and remembers nothing, if the memory would be larger than the brokers take.
    @discardableResult
    mutating func remember(_ offset: Int64, of partition: KafkaTopicPartition) -> Bool {
        var map = maps[partition] ?? ReplayMap()
        map.insert(closedSince[partition, default: 0]..<offset + 1)
        guard map.fits else { return false }
        closedSince[partition] = offset + 1
        maps[partition] = map
        known.insert(partition)
        return true
    }

    /// Whether a replay of the partition may have been forgotten: nothing of it is remembered, and its oldest record is older
    /// than what is remembered for sure.
    /// - Parameters:
    ///   - oldest: when its first record became a dead letter.
    ///   - limit: since when all that was committed is remembered.
    func mayHaveForgotten(_ partition: KafkaTopicPartition, oldest: WallTime?, limit: WallTime) -> Bool {
        guard !known.contains(partition), let oldest else { return false }
        return oldest < limit
    }

    /// From now on it is known of the partition what was replayed, also if that is nothing.
    mutating func begin(_ partition: KafkaTopicPartition) { known.insert(partition) }

    /// What to commit: of all partitions, also unchanged, so that none of it grows old and is forgotten by the brokers.
    var offsets: [KafkaOffset] {
        known.sorted { $0.partition < $1.partition }.map { partition in
            let map = maps[partition] ?? ReplayMap()
            return KafkaOffset(partition, offset: map.watermark, metadata: map.encoded)
        }
    }
}
