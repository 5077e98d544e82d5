package import EventLoop

/// One job, as the chain sees it: how it is cut short, until when it may take, and what it has cost.
@EventLoopActor
package final class CallContext {
    /// For events, so that every line about a job names it.
    package nonisolated let jobID: String
    /// Whoever runs the job pulls `interruption` at this time; the chain starts nothing that could not end before.
    package nonisolated let deadline: MonotonicTime
    package nonisolated let interruption: Interruption
    /// HTTP exchanges made for this job. Repeating one because its token was refused does not count.
    package internal(set) var attempts = 0

    package nonisolated init(jobID: String, deadline: MonotonicTime, interruption: Interruption = Interruption()) {
        self.jobID = jobID
        self.deadline = deadline
        self.interruption = interruption
    }
}
