package import EventLoop

/// What one run of a bench came to.
package struct BenchRun: Sendable, Hashable {
    package var settings: BenchSettings
    package var began = WallTime.current

    // Replies, as they are on their topic
    package var missing = 0
    package var duplicates = 0
    package var foreign = 0
    package var failures: [String: Int] = [:]

    /// From the first job's beginning to the last reply's time stamp.
    package var elapsed = Duration.zero
    /// From the workers' start to the first job's beginning.
    package var untilFirstJob = Duration.zero

    /// Of the workers, for all of their lives.
    package var use: ProcessUse
    /// The part of their CPU time, in seconds, that their start took.
    package var cpuBeforeFirstJob = 0.0
    /// Of the workers together.
    package var figures: WorkerFigures
    /// Jobs that each of the workers answered.
    package var shares: [Int] = []

    /// Of one core, while the jobs were done; nil where it is not this bench's own process.
    package var simulatorLoad: Double?
    package var brokerLoad: Double?

    package init(settings: BenchSettings, audit: ReplyAudit, use: ProcessUse, figures: WorkerFigures) {
        self.settings = settings
        missing = audit.missing
        duplicates = audit.duplicates
        foreign = audit.foreign
        failures = audit.failures
        if let first = audit.firstBegin, let last = audit.lastReply { elapsed = max(.milliseconds(1), last - first) }
        self.use = use
        self.figures = figures
    }

    package var isExactlyOneEach: Bool { missing == 0 && duplicates == 0 && foreign == 0 }

    package var jobsPerSecond: Double {
        elapsed > .zero ? Double(settings.jobs - missing) / elapsed.inSeconds : 0
    }

    /// Of what latency and concurrency allow; nil where these allow any rate.
    package var shareOfIdeal: Double? { settings.idealRate.map { jobsPerSecond / $0 } }

    package var cpuPerJob: Double { perJob(use.cpu) }
    package var userPerJob: Double { perJob(use.user) }
    package var systemPerJob: Double { perJob(use.system) }

    package var repliesPerTransaction: Double? {
        figures.transactions == 0 ? nil : Double(figures.answered) / Double(figures.transactions)
    }

    /// What beside the worker may have held up the run.
    package var notes: [String] {
        func busy(_ load: Double?, _ who: String) -> String? {
            guard let load, load >= 0.85 else { return nil }
            return "\(who) busy \(percent(load)) % of a core: the rate may be their own limit, and not the worker's"
        }
        return [busy(simulatorLoad, "the simulator's threads were"), busy(brokerLoad, "the embedded brokers were")]
            .compactMap { $0 }
    }

    private func perJob(_ seconds: Double) -> Double { seconds * 1_000_000 / Double(max(1, settings.jobs)) }

    func percent(_ share: Double) -> String { Figures.fixed(share * 100, digits: 0) }
}
