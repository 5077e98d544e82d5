internal import EventLoop

/// Keeps retries from adding to a load that is the reason for them: there may be one for every few first calls, and ten
/// a second besides. What it refuses waits, and is not lost.
struct RetryBudget: Sendable, Equatable {
    /// Retries that may always be made, each second.
    static let perSecond = 10.0
    /// Saved up at most, so that a long calm allows no storm.
    static let most = 500.0

    private let share: Double
    private var balance: Double
    private var filledAt: MonotonicTime?

    /// - Parameter percent: retries for a hundred first calls.
    init(percent: Int) {
        share = Double(percent) / 100
        balance = Self.perSecond
    }

    mutating func firstCallMade() { balance = min(balance + share, Self.most) }

    mutating func mayRetry(at now: MonotonicTime) -> Bool {
        let sinceFill = filledAt.map { (now - $0).inSeconds } ?? 0
        filledAt = now
        balance = min(balance + sinceFill * Self.perSecond, Self.most)
        guard balance >= 1 else { return false }
        balance -= 1
        return true
    }
}
