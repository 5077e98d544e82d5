internal import EventLoop

/// Whether a failed call is made again, and after how long: exponential, with full jitter.
package struct RetryPolicy: Sendable, Equatable {
    /// Tries in all, the first one included.
    package var attempts: Int
    package var backoff: Duration
    package var backoffMax: Duration
    /// Retries that may be made for a hundred first calls; see `RetryBudget`.
    package var budget: Int

    package init(
        attempts: Int = 5, backoff: Duration = .milliseconds(100), backoffMax: Duration = .seconds(5),
        budget: Int = 20
    ) {
        self.attempts = attempts
        self.backoff = backoff
        self.backoffMax = backoffMax
        self.budget = budget
    }

    /// - Parameters:
    ///   - attempt: the try that failed, from 1.
    ///   - fraction: from 0 to 1; the jitter.
    /// - Returns: nil if the failure is the job's answer.
    func delay(after failure: APIFailure, attempt: Int, fraction: Double) -> Duration? {
        guard failure.disposition == .retry, attempt < attempts else { return nil }
        let ceiling = min(backoff * (1 << min(attempt - 1, 20)), backoffMax)
        return max(ceiling * fraction, failure.retryAfter ?? .zero)
    }
}
