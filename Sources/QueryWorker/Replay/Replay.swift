internal import EventLoop
internal import Kafka
internal import Synchronization

/// Brings dead letters back to the job topic, each once, however often and by whatever filter it is asked to.
///
/// Life of a run: end what an older one left open, and fence it (`ReplayProducer`); read what was replayed
/// (`ReplayMemory`); read the dead-letter topic to where it ends now; write what the filter lets through in batches, each
/// in one transaction with the memory of it. Killed at any moment, a batch is replayed and remembered, or neither.
/// Blocks; belongs off the loop.
package final class Replay: Sendable {
    private let configuration: ReplayConfiguration
    private let filter: ReplayFilter
    /// Of records to replay; nil for all.
    private let limit: Int?
    private let isDryRun: Bool
    private let isStopped = Atomic(false)

    private static let batchRecords = 500
    private static let batchBytes = 4 << 20
    private static let timeout = Duration.seconds(5)

    package init(configuration: ReplayConfiguration, filter: ReplayFilter, limit: Int?, isDryRun: Bool) {
        self.configuration = configuration
        self.filter = filter
        self.limit = limit
        self.isDryRun = isDryRun
    }

    /// Ends the run after the batch that is being written. From any thread.
    package func stop() { isStopped.store(true, ordering: .relaxed) }

    /// - Parameter report: on the caller's thread.
    package func run(report: (ReplayEvent) -> Void) throws -> ReplayCounts {
        do {
            return try replay(report)
        } catch let error as KafkaError {
            throw ReplayFailure(configuration.exit(for: error))
        } catch let error as FileError {
            throw ReplayFailure(.configuration("\(error)"))
        }
    }

    private func replay(_ report: (ReplayEvent) -> Void) throws -> ReplayCounts {
        let topics = try ReplayTopics(configuration: configuration, timeout: Self.timeout)
        let producer = isDryRun ? nil : try topics.makeProducer()
        defer { producer?.close() }
        let ranges = try topics.ranges()
        // After the producer has begun: an older replay can commit nothing more.
        var memory = try topics.memory(ranges: ranges, waitsForTransactions: !isDryRun)
        if let warning = topics.warningOfForgetting() { report(.warning(warning)) }
        var counts = ReplayCounts()
        var batch = ReplayBatch()

        func write() throws(KafkaError) {
            guard let producer, !batch.isEmpty else { return }
            try producer.write(batch.records, remembering: memory.offsets)
            counts.replayed += batch.records.count
            batch = ReplayBatch()
            report(.progress(counts))
        }

        let reader = try topics.makeReader(ranges)
        while let entry = try reader.next() {
            if isStopped.load(ordering: .relaxed) { break }
            counts.read += 1
            defer { memory.recordRead(entry.offset, of: entry.topicPartition) }
            if counts.read.isMultiple(of: 1000) { report(.progress(counts)) }
            guard let letter = entry.letter, letter.source.topic == configuration.jobsTopic else {
                counts.foreign += 1
                continue
            }
            guard filter.matches(letter) else { continue }
            counts.matched += 1
            if memory.isReplayed(letter.offset, of: letter.topicPartition) {
                counts.alreadyReplayed += 1
            } else if letter.isCut {
                counts.cut += 1
                report(.cut(letter))
            } else if isDryRun {
                counts.replayed += 1
                report(.found(letter))
            } else {
                guard let next = memory.replaying(letter.offset, of: letter.topicPartition) else {
                    try write()
                    throw ReplayFailure(.fatal(fullMemory(letter, counts)))
                }
                memory = next
                batch.append(letter.record(to: configuration.jobsTopic))
                if batch.records.count >= Self.batchRecords || batch.bytes >= Self.batchBytes { try write() }
            }
            if let limit, counts.replayed + batch.records.count >= limit { break }
        }
        try write()
        // Also where nothing was replayed: brokers forget what was committed long ago.
        if let producer, counts.replayed == 0, !memory.offsets.isEmpty {
            try producer.write([], remembering: memory.offsets)
        }
        if isStopped.load(ordering: .relaxed) {
            throw ReplayFailure(.fatal("stopped: \(counts.replayed) replayed; run it again for the rest"))
        }
        return counts
    }

    private func fullMemory(_ letter: StoredDeadLetter, _ counts: ReplayCounts) -> String {
        "\(counts.replayed) replayed. The next one, \(letter.topicPartition) at offset \(letter.offset), is not: what was "
            + "replayed of that partition lies so scattered that the memory of it is larger than the brokers take "
            + "(\(LedgerMap.sizeLimit) bytes of commit metadata). Replay what lies between first: without --error and "
            + "--partition, at least up to --until \(letter.time?.rfc3339 ?? "the time of that dead letter")"
    }
}

/// Records for one transaction.
private struct ReplayBatch {
    private(set) var records: [KafkaRecord] = []
    private(set) var bytes = 0

    var isEmpty: Bool { records.isEmpty }

    mutating func append(_ record: KafkaRecord) {
        records.append(record)
        bytes += record.size
    }
}
