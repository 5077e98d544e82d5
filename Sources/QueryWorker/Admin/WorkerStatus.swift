internal import EventLoop
internal import WeChat

/// All that probes, metrics and the status page tell of a worker, as of one moment.
struct WorkerStatus: Sendable {
    struct Jobs: Sendable {
        var inFlight = 0
        var bytesHeld = 0
        var repliesWaiting = 0
        var oldest: (age: Duration, jobID: String)?
    }

    struct Calls: Sendable {
        var inFlight = 0
        var waiting = 0
        var isHostDown = false
        /// None begins, since replies hold too much memory.
        var areHeld = false
    }

    struct Partition: Sendable {
        var number: Int32
        var isActive = true
        /// Records from the committed watermark to the end; nil where that is not known yet.
        var lag: Int64?
        var jobs = 0
        var watermark: Int64?
        var ledgerSpan: Int64 = 0
        var pauses: [PartitionAssignment.PauseReason] = []
        var isStuck = false
        var isSilent = false

        var isInTrouble: Bool { isStuck || isSilent || !pauses.isEmpty }
    }

    /// Time series, and rows of the page, that are not worth their price any more.
    static let maxPartitions = 200
    static let maxAccounts = 100

    let identity: WorkerIdentity
    var phase = QueryWorker.Phase.starting
    var findings: [Readiness.Finding]
    var takenAt = WallTime.current
    var logLevel = LogLevel.info
    var suppressedLogLines = 0
    var droppedLogLines = 0
    var jobs = Jobs()
    var calls = Calls()
    /// Of all partitions whose lag is known; nil where there are partitions, and none is.
    var lag: Int64?
    var partitionsAssigned = 0
    /// In the order of their numbers; at most `maxPartitions`, those in trouble among them.
    var partitions: [Partition] = []
    /// Whether this instance refreshes the credentials of all; nil with other stores than Kafka.
    var isRefresher: Bool?
    var accounts = AccountsStatus()
    var metrics = WorkerMetrics()
    var recent = RecentFigures()

    var isReady: Bool { findings.isEmpty }

    /// Before there is a worker.
    init(_ identity: WorkerIdentity, starting step: String) {
        self.identity = identity
        findings = [Readiness.Finding(.starting, step)]
    }

    init(_ identity: WorkerIdentity, phase: QueryWorker.Phase, findings: [Readiness.Finding]) {
        self.identity = identity
        self.phase = phase
        self.findings = findings
    }
}

extension PartitionAssignment.PauseReason {
    /// For metrics and the status page.
    var name: String {
        switch self {
        case .fullMap: "full_map"
        case .deadLetters: "dead_letters"
        }
    }
}
