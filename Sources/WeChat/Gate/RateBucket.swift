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

    /// Takes the next place.
    /// - Returns: how long to wait for it.
    mutating func reserve(at now: MonotonicTime) -> Duration {
        let place = max(next, now)
        next = place + interval
        return max(.zero, place - now - burst)
    }
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
