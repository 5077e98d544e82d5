package import EventLoop
package import WeChat

/// The one answer to a record of the job topic.
package struct QueryReply: Sendable {
    package var identity: JobIdentity
    package var outcome: Outcome
    /// Calls that WeChat was asked with for this job, and that count.
    package var attempts: Int
    /// From the record's arrival in the worker to its outcome.
    package var duration: Duration
    package var completedAt: WallTime
    package var source: JobSource

    package enum Outcome: Hashable, Sendable {
        case succeeded(ApplyCodeQueryResult)
        case failed(JobFailure)
    }

    package init(
        identity: JobIdentity, outcome: Outcome, attempts: Int, duration: Duration, completedAt: WallTime,
        source: JobSource
    ) {
        self.identity = identity
        self.outcome = outcome
        self.attempts = attempts
        self.duration = duration
        self.completedAt = completedAt
        self.source = source
    }
}
