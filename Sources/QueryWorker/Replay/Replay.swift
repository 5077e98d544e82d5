package import EventLoop
internal import Kafka

/// Brings dead letters back to the job topic, each once, however often and by whatever filter it is asked to.
///
/// Life of a run: end what an older one left open, and fence it (`ReplayProducer`); read what was replayed
/// (`ReplayMemory`), and renew it; read the dead-letter topic to where it ends now; write what the filter lets through in
/// batches, each in one transaction with the memory of it. Killed at any moment, a batch is replayed and remembered, or
/// neither. Blocks; belongs off the loop.
package struct Replay {
    private let configuration: ReplayConfiguration
    private let options: ReplayOptions
    private let stop: StopFlag

    private static let batchRecords = 500
    private static let batchBytes = 4 << 20
    private static let timeout = Duration.seconds(5)

    package init(configuration: ReplayConfiguration, options: ReplayOptions, stop: StopFlag) {
        self.configuration = configuration
        self.options = options
        self.stop = stop
    }

    /// - Parameter report: on the caller's thread.
    package func run(report: (ReplayEvent) -> Void) -> ReplayOutcome {
        var counts = ReplayCounts()
        do {
            try replay(&counts, report)
            return ReplayOutcome(counts: counts, failure: nil)
        } catch {
            return ReplayOutcome(counts: counts, failure: stop.signal == nil ? exit(for: error) : nil)
        }
    }

    private func exit(for error: any Error) -> WorkerExit {
        switch error {
        case let failure as ReplayFailure: failure.exit
        case let error as KafkaError: configuration.exit(for: error)
        case let error as FileError: .configuration("\(error)")
        default: .fatal("\(error)")
        }
    }

    private func replay(_ counts: inout ReplayCounts, _ report: (ReplayEvent) -> Void) throws {
        let topics = try ReplayTopics(configuration: configuration, timeout: Self.timeout)
        let jobLimit = topics.jobLimit()
        let producer = options.isDryRun ? nil : try topics.makeProducer(jobLimit: jobLimit, stop: stop)
        defer { producer?.close() }
        let ranges = try topics.ranges()
        // After the producer has begun: an older replay can commit nothing more.
        var memory = try topics.memory(ranges: ranges, waitsForTransactions: !options.isDryRun)
        // At once, however the run ends: brokers forget what was committed long ago.
        var committed = memory.offsets
        if !committed.isEmpty { try producer?.write([], remembering: committed) }
        let remembersSince = WallTime.current + (.zero - topics.offsetsRetention())
        stop.begin()
        var batch = ReplayBatch()

        func write() throws(KafkaError) {
            let offsets = memory.offsets
            guard let producer, !batch.isEmpty || offsets != committed else { return }
            try producer.write(batch.records, remembering: offsets)
            committed = offsets
            counts.replayed += batch.records.count
            batch = ReplayBatch()
            report(.progress(counts))
        }

        /// Whether the topic takes it by itself, in a transaction of its own.
        func isTaken(_ letter: StoredDeadLetter, _ record: KafkaRecord) throws -> Bool {
            try write()
            let before = memory
            try remember(letter)
            batch.append(record)
            do throws(KafkaError) {
                try write()
                return true
            } catch {
                guard error.saysTooLarge else { throw error }
                memory = before
                batch = ReplayBatch()
                return false
            }
        }

        func remember(_ letter: StoredDeadLetter) throws {
            guard memory.remember(letter.offset, of: letter.topicPartition) else {
                try write()
                throw ReplayFailure(.fatal(fullMemory(letter, counts)))
            }
        }

        let reader = try topics.makeReader(ranges, stop: stop)
        while let entry = try reader.next() {
            counts.read += 1
            if counts.read.isMultiple(of: 1000) { report(.progress(counts)) }
            if memory.mayHaveForgotten(entry.topicPartition, oldest: entry.time, limit: remembersSince),
                !options.isFirst
            {
                try write()
                let text = mayHaveForgotten(entry.topicPartition)
                guard options.isDryRun else { throw ReplayFailure(.fatal(text)) }
                report(.warning(text))
            }
            memory.begin(entry.topicPartition)
            guard let letter = entry.letter, letter.source.topic == configuration.jobsTopic else {
                counts.foreign += 1
                memory.pass(entry.offset, of: entry.topicPartition, isOpen: false)
                continue
            }
            let isMatch = options.filter.matches(letter)
            if isMatch { counts.matched += 1 }
            let isOpen = !letter.isCut && !memory.isReplayed(letter.offset, of: letter.topicPartition)
            guard isMatch, isOpen else {
                memory.pass(letter.offset, of: letter.topicPartition, isOpen: isOpen)
                if isMatch, letter.isCut {
                    counts.cut += 1
                    report(.cut(letter))
                } else if isMatch {
                    counts.alreadyReplayed += 1
                }
                continue
            }
            let record = letter.record(to: configuration.jobsTopic)
            if options.isDryRun {
                counts.replayed += 1
                report(.found(letter))
            } else if record.size > jobLimit {
                // Or perhaps not: sizes are estimated, and records may be compressed.
                if try !isTaken(letter, record) {
                    // Not as if it were replayed: the topic's limit may be raised.
                    memory.pass(letter.offset, of: letter.topicPartition, isOpen: true)
                    counts.tooLarge += 1
                    report(.tooLarge(letter))
                }
            } else {
                try remember(letter)
                batch.append(record)
                if batch.records.count >= Self.batchRecords || batch.bytes >= Self.batchBytes { try write() }
            }
            if let limit = options.limit, counts.replayed + batch.records.count >= limit { break }
        }
        // What is not written is not remembered.
        if stop.signal == nil { try write() }
    }

    private func fullMemory(_ letter: StoredDeadLetter, _ counts: ReplayCounts) -> String {
        "\(counts.replayed) replayed. The next one, \(letter.topicPartition) at offset \(letter.offset), is not: what was "
            + "replayed of that partition lies so scattered that the memory of it is larger than the brokers take "
            + "(\(LedgerMap.sizeLimit) bytes of commit metadata). Replay what lies between first: without --error and "
            + "--partition, at least up to --until \(letter.time?.rfc3339 ?? "the time of that dead letter")"
    }

    private func mayHaveForgotten(_ partition: KafkaTopicPartition) -> String {
        "\(partition) has dead letters that are older than what the brokers remember (offsets.retention.minutes), and "
            + "nothing is remembered of that partition: whether they were replayed before, nobody knows. To replay them, if "
            + "they were not, or may come twice: --first"
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
