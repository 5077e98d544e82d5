/// What became of batches of replies, and how long those took that were committed. Without transactions
/// (`delivery=at-least-once`) the commit is that of the offsets.
struct TransactionMetrics: Sendable {
    enum Outcome: String, CaseIterable, Sendable {
        case committed
        /// A record, or a topic, was refused: without it, or to another topic, the rest is written again.
        case refused
        /// The group, or the worker's end, took the batch away.
        case lost
        /// Anything else: the brokers.
        case failed
    }

    private(set) var counts = Dictionary(uniqueKeysWithValues: Outcome.allCases.map { ($0, 0) })
    private(set) var duration = Histogram(.time)
    /// In a committed batch.
    private(set) var replies = Histogram(.count)

    subscript(outcome: Outcome) -> Int { counts[outcome, default: 0] }

    mutating func ended(_ outcome: Outcome) { counts[outcome, default: 0] += 1 }

    /// - Parameter replies: 0 where only a watermark has moved.
    mutating func committed(replies: Int, after duration: Duration) {
        ended(.committed)
        self.duration.observe(duration)
        if replies > 0 { self.replies.observe(Double(replies)) }
    }
}

extension TransactionMetrics.Outcome {
    /// - Returns: nil for one that is committed, or may be: it is counted when that is known.
    init?(_ outcome: PublishOutcome) {
        switch outcome {
        case .published, .unknown: return nil
        case .rejected, .refusedTogether, .topicRefused: self = .refused
        case .notMember, .abandoned: self = .lost
        case .forbidden, .fenced: self = .failed
        }
    }
}
