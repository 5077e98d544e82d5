package import EventLoop
internal import Kafka

/// Brings dead letters back to the job topic, each once, however often and by whatever filter it is asked to.
///
/// Life of a run: end what an older one left open, and fence it (`ReplayProducer`); read what was replayed
/// (`ReplayMemory`), and renew it; read the dead-letter topic to where it ends now; write what the filter lets through in
/// batches, each in one transaction with the memory of it. Killed at any moment, a batch is replayed and remembered, or
/// neither. Blocks; belongs off the loop.
package final class Replay {
    private let configuration: ReplayConfiguration
    private let options: ReplayOptions
    private let stop: StopFlag
    private let report: (ReplayEvent) -> Void
    private var counts = ReplayCounts()

    /// - Parameter report: called by `run`.
    package init(
        configuration: ReplayConfiguration, options: ReplayOptions, stop: StopFlag,
        report: @escaping (ReplayEvent) -> Void
    ) {
        self.configuration = configuration
        self.options = options
        self.stop = stop
        self.report = report
    }

    /// Called once.
    package func run() -> ReplayOutcome {
        do {
            try replay()
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

    private func replay() throws {
        let topics = try ReplayTopics(configuration: configuration, timeout: .seconds(5))
        let jobLimit = topics.jobLimit()
        let producer = options.isDryRun ? nil : try topics.makeProducer(jobLimit: jobLimit, stop: stop)
        defer { producer?.close() }
        let ranges = try topics.ranges()
        // After the producer has begun: an older replay can commit nothing more.
        let memory = try topics.memory(ranges: ranges, waitsForTransactions: !options.isDryRun)
        let writer = ReplayWriter(producer, memory)
        // At once, however the run ends: brokers forget what was committed long ago.
        try writer.renewMemory()
        let remembersSince = WallTime.current + (.zero - topics.offsetsRetention())
        stop.begin()
        let reader = try topics.makeReader(ranges, stop: stop)
        while let entry = try reader.next() {
            counts.read += 1
            if counts.read.isMultiple(of: 1000) { report(.progress(counts)) }
            try begin(entry, remembersSince, writer)
            try take(entry, jobLimit, writer)
            if let limit = options.limit, counts.replayed + writer.batched >= limit { break }
        }
        // What is not written is not remembered.
        if stop.signal == nil { try write(writer) }
    }

    /// Nothing is replayed of a partition that may have been replayed before.
    private func begin(_ entry: ReplayReader.Entry, _ remembersSince: WallTime, _ writer: ReplayWriter) throws {
        let partition = entry.topicPartition
        if !options.isFirst, writer.memory.mayHaveForgotten(partition, oldest: entry.time, limit: remembersSince) {
            try write(writer)
            let text = mayHaveForgotten(partition)
            guard options.isDryRun else { throw ReplayFailure(.fatal(text)) }
            report(.warning(text))
        }
        writer.memory.begin(partition)
    }

    private func take(_ entry: ReplayReader.Entry, _ jobLimit: Int, _ writer: ReplayWriter) throws {
        guard let letter = entry.letter, letter.source.topic == configuration.jobsTopic else {
            counts.foreign += 1
            return writer.memory.pass(entry.offset, of: entry.topicPartition, isOpen: false)
        }
        let isMatch = options.filter.matches(letter)
        if isMatch { counts.matched += 1 }
        let isOpen = !letter.isCut && !writer.memory.isReplayed(letter.offset, of: letter.topicPartition)
        if isMatch, isOpen { return try take(letter, jobLimit, writer) }
        writer.memory.pass(letter.offset, of: letter.topicPartition, isOpen: isOpen)
        if isMatch, letter.isCut {
            counts.cut += 1
            report(.cut(letter))
        } else if isMatch {
            counts.alreadyReplayed += 1
        }
    }

    /// One that is to be replayed.
    private func take(_ letter: StoredDeadLetter, _ jobLimit: Int, _ writer: ReplayWriter) throws {
        let record = letter.record(to: configuration.jobsTopic)
        if options.isDryRun {
            counts.replayed += 1
            report(.found(letter))
        } else if record.size > jobLimit {
            // Or perhaps not: sizes are estimated, and records may be compressed.
            try write(writer)
            try takeAlone(letter, record, writer)
        } else {
            try add(letter, record, to: writer)
            if writer.isFull { try write(writer) }
        }
    }

    /// In a transaction of its own: it alone is to blame if the topic refuses it.
    private func takeAlone(_ letter: StoredDeadLetter, _ record: KafkaRecord, _ writer: ReplayWriter) throws {
        let before = writer.memory
        try add(letter, record, to: writer)
        do throws(KafkaError) { try write(writer) } catch {
            guard error.saysTooLarge else { throw error }
            writer.drop(before)
            // Not as if it were replayed: the topic's limit may be raised.
            writer.memory.pass(letter.offset, of: letter.topicPartition, isOpen: true)
            counts.tooLarge += 1
            report(.tooLarge(letter))
        }
    }

    private func add(_ letter: StoredDeadLetter, _ record: KafkaRecord, to writer: ReplayWriter) throws {
        if writer.add(record, letter.offset, of: letter.topicPartition) { return }
        try write(writer)
        throw ReplayFailure(.fatal(fullMemory(letter)))
    }

    private func write(_ writer: ReplayWriter) throws(KafkaError) {
        let count = writer.batched
        guard try writer.write() else { return }
        counts.replayed += count
        report(.progress(counts))
    }

    private func fullMemory(_ letter: StoredDeadLetter) -> String {
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
