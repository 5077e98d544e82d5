package import EventLoop
internal import Glibc
internal import JSON
internal import Kafka

/// Publishes jobs and waits for their replies, which it tells from everybody else's by the `correlation-id` that workers
/// echo.
///
/// Life: `run` checks a file's lines, finds the brokers and topics, notes where the reply partitions end, and only then
/// publishes: a reply can come no earlier than that. It reads all reply partitions by itself, in no group, so any number
/// of submitters and other readers work beside each other.
///
/// Blocks, and belongs to one thread that may. Memory is bounded by `SubmitOptions.maxWaiting`, but for the numbers of jobs that got
/// no reply.
package final class JobSubmitter {
    let configuration: SubmitConfiguration
    let options: SubmitOptions
    let output: any SubmitOutput
    let source: SubmitSource
    let stop: StopFlag
    /// Begins every correlation id of this run, and every job id that it makes.
    let runID: String

    let texts = JobTextReader()
    let document = JSONDocument()
    var submission = Submission()
    /// Lines, once they have been counted.
    var total: Int?
    var badLines = 0
    var hasAllBeenRead = false
    /// Could not be handed over yet, for the producer's queue was full.
    var pending: (record: KafkaRecord, jobID: String)?
    var failure: SubmitFailure?
    var explained: Set<String> = []
    var namedJobs: [Naming: Int] = [:]
    var nextLook = JobSubmitter.firstLook
    var hasToldOfBrokers = false
    var begin = ContinuousClock.now
    private var lastWork = ContinuousClock.now
    /// Until then no job is given up: this process stood still, and replies may be on their way to it.
    private var isBackUntil = ContinuousClock.now

    /// What is not repeated for each of a million jobs.
    enum Naming: Hashable {
        case undelivered, missing, badLine, outstanding
    }

    struct Clients {
        let admin: KafkaAdmin
        let producer: KafkaProducer
        /// nil where replies are not waited for.
        let reader: KafkaReader?
        let jobPartitions: Int
    }

    package init(
        configuration: SubmitConfiguration, options: SubmitOptions, source: SubmitSource, output: any SubmitOutput,
        stop: StopFlag
    ) {
        self.configuration = configuration
        self.options = options
        self.source = source
        self.output = output
        self.stop = stop
        let random = String(UInt64.random(in: .min ... .max), radix: 16)
        runID = String(repeating: "0", count: 16 - random.count) + random
    }

    /// - Returns: what became of all that was published.
    /// - Throws: where nothing was.
    package func run() throws(SubmitFailure) -> SubmitSummary {
        try checkLines()
        let clients = try connect()
        defer { clients.producer.close() }
        stop.begin()
        begin = .now
        lastWork = .now
        while !isDone, failure == nil, stop.signal == nil { work(clients) }
        return summary(clients)
    }

    private var isDone: Bool { hasAllBeenRead && pending == nil && submission.waiting.isEmpty }

    private func work(_ clients: Clients) {
        noteStandstill()
        let isBusy = publish(clients.producer)
        serve(clients.producer)
        if let reader = clients.reader {
            let hasTakenAll = takeReplies(reader, patience: isBusy ? .zero : .milliseconds(20))
            if hasTakenAll, .now >= isBackUntil { giveUp(clients) }
            lookIfSilent(clients)
        } else {
            if !isBusy { clients.producer.serveQueue(milliseconds: 20) }
            serve(clients.producer)
            if clients.producer.outstanding == 0 { submission.allDelivered() }
        }
        output.progress(progress)
    }

    /// Stopped by a signal, or by whoever reads its output.
    private func noteStandstill() {
        let now = ContinuousClock.now
        if now - lastWork > .seconds(1) { isBackUntil = now + .seconds(5) }
        lastWork = now
    }

    private var progress: SubmitProgress {
        let acknowledged = submission.published - submission.undelivered - submission.waiting.count
        return SubmitProgress(
            published: submission.published, done: options.waits ? submission.answered : acknowledged,
            failed: submission.failed + submission.undelivered, total: total, elapsed: .now - begin,
            waits: options.waits)
    }

    private func summary(_ clients: Clients) -> SubmitSummary {
        // Whoever stops reading wants to hear no more.
        for (_, job) in submission.waiting.sorted(by: { $0.key < $1.key }) where stop.signal != SIGPIPE {
            name(.outstanding, "job \(job.jobID): \(options.waits ? "no reply" : "not acknowledged") until now")
        }
        var summary = SubmitSummary(submission)
        summary.badLines = badLines
        summary.signal = stop.signal
        summary.unacknowledged = clients.producer.outstanding
        summary.failure = failure
        summary.elapsed = .now - begin
        summary.waits = options.waits
        summary.runID = runID
        return summary
    }
}
