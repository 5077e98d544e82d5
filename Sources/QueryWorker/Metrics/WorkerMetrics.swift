internal import EventLoop
internal import WeChat

/// What the worker has counted and timed since it started. A value: the loop counts, others read a copy.
struct WorkerMetrics: Sendable {
    // Jobs
    var recordsTaken = 0
    /// From the record's arrival in the worker to its answer, by the reply's `error.kind`; `""` for those that succeeded.
    var processing = FewKeys([(key: "", value: Histogram(.time))])
    /// From the record's time stamp to its arrival in the worker.
    var queueWait = Histogram(.time)
    /// From there to the first call on the wire: for the account, its token, a place among the calls.
    var callWait = Histogram(.time)
    /// From the answer to its commit.
    var publishWait = Histogram(.time)
    /// Committed replies, by `error.kind` as above. All are there from the start: to a reader of a time series that begins
    /// with one, nothing has increased.
    var replies = FewKeys<String, Int>()
    /// Committed records, by topic.
    var recordsSent = FewKeys<String, Int>()
    var deadLetters = 0

    // Calls
    var exchanges = ExchangeMetrics()
    /// By what failed; all are there from the start, as above.
    var retries = Dictionary(uniqueKeysWithValues: APIFailure.Kind.allCases.map { ($0.rawValue, 0) })
    var tokensFetched = 0
    var tokenFetchesFailed = 0
    var tokensRefused = 0

    // Kafka
    var transactions = TransactionMetrics()
    var assigned = 0
    var revoked = 0
    var lost = 0
    var reassignments = 0

    var failures = FailureLog()

    /// - Parameter topics: those that records are written to.
    init(topics: some Sequence<String> = []) {
        for topic in topics { recordsSent.update(topic, default: 0) { _ in } }
        for kind in [""] + JobFailure.Kind.all.map(\.name) { replies.update(kind, default: 0) { _ in } }
    }

    var succeededCount: Int { replies[""] ?? 0 }
    var failedCount: Int { replies.entries.reduce(0) { $0 + $1.value } - succeededCount }

    /// Of jobs with any outcome.
    var allProcessing: Histogram {
        processing.entries.reduce(into: Histogram(.time)) { $0 += $1.value }
    }

    mutating func answered(_ kind: String, after duration: Duration) {
        processing.update(kind, default: Histogram(.time)) { $0.observe(duration) }
    }

    mutating func replied(_ kind: String) { replies.update(kind, default: 0) { $0 += 1 } }

    mutating func sent(to topic: String) { recordsSent.update(topic, default: 0) { $0 += 1 } }

    mutating func count(_ event: WeChatEvent) {
        switch event {
        case .tokenFetched: tokensFetched += 1
        case .tokenCallFailed: tokenFetchesFailed += 1
        case .tokenRefused: tokensRefused += 1
        case .callRetried(_, _, _, let failure, _): retries[failure.kind.rawValue, default: 0] += 1
        default: break
        }
    }
}

/// Where the metrics of a worker are kept while it runs; shared by the worker and by what it gave to its client.
@EventLoopActor
final class WorkerMeter {
    var metrics: WorkerMetrics

    nonisolated init(topics: some Sequence<String>) { metrics = WorkerMetrics(topics: topics) }
}
