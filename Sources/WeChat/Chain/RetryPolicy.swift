internal import EventLoop

/// Whether a failed call is made again, and after how long: exponential, with full jitter.
package struct RetryPolicy: Sendable, Equatable {
    /// Tries in all, the first one included.
    package var attempts: Int
    package var backoff: Duration
    package var backoffMax: Duration

    package init(attempts: Int = 5, backoff: Duration = .milliseconds(100), backoffMax: Duration = .seconds(5)) {
        self.attempts = attempts
        self.backoff = backoff
        self.backoffMax = backoffMax
    }

    /// - Parameters:
    ///   - attempt: the try that failed, from 1.
    ///   - fraction: from 0 to 1; the jitter.
    /// - Returns: nil if the failure is the job's answer.
    func delay(after failure: APIFailure, attempt: Int, fraction: Double) -> Duration? {
        let wanted = failure.retryAfter ?? .zero
        if !usesUpAttempt(failure) {
            // It ends with the minute, however many tries that takes; short delays would only prolong it.
            return max(backoffMax / 2 + backoffMax / 2 * fraction, wanted)
        }
        guard failure.disposition == .retry, attempt < attempts else { return nil }
        let ceiling = min(backoff * (1 << min(attempt - 1, 20)), backoffMax)
        return max(ceiling * fraction, wanted)
    }

    /// The minute's quota is the account's affair: once it is over, the job has as many attempts as before.
    func usesUpAttempt(_ failure: APIFailure) -> Bool { failure.errcode != WeChatErrorCode.minuteQuotaReached }
}
