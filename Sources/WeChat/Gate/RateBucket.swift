internal import EventLoop

/// Spreads an account's calls so that no second has more than its share; what a quiet second left may be caught up with.
///
/// The generic cell rate algorithm (ATM Forum, Traffic Management 4.0): one time says all about the bucket.
struct RateBucket: Sendable, Equatable {
    private let interval: Duration
    private let burst: Duration
    /// When the next call would come if all came evenly.
    private var next = MonotonicTime(nanoseconds: 0)

    init(_ rate: CallRate) {
        interval = rate.interval
        burst = max(.zero, .seconds(1) - interval)
    }

    /// How long until another call may be made.
    func wait(at now: MonotonicTime) -> Duration { max(.zero, next - now - burst) }

    /// A call is made.
    mutating func take(at now: MonotonicTime) { next = max(next, now) + interval }
}

/// So many calls in so much time.
package struct CallRate: Sendable, Equatable {
    package let calls: Int
    package let period: Duration

    /// - Parameter calls: from 1.
    package init(calls: Int, per period: Duration) {
        self.calls = calls
        self.period = period
    }

    var interval: Duration { period / calls }
}
