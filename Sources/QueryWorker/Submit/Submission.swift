/// What has become of each job that was published: who waits, for how long, and the sums.
///
/// A value: methods are events. Holds something only for jobs that have no reply: those that wait, which the submitter
/// bounds, and the numbers of those given up.
package struct Submission: Sendable {
    package struct Waiting: Hashable, Sendable {
        package let jobID: String
        package let since: ContinuousClock.Instant
    }

    package private(set) var published = 0
    package private(set) var succeeded = 0
    /// Replies that say so.
    package private(set) var failed = 0
    /// Records that the brokers did not take.
    package private(set) var undelivered = 0
    /// By number, which counts up as they are published.
    package private(set) var waiting: [Int: Waiting] = [:]
    /// Given up; a reply that comes all the same still counts.
    private var missing: Set<Int> = []
    private var oldest = 1
    private var lastReply: ContinuousClock.Instant?

    package init() {}

    package var answered: Int { succeeded + failed }
    package var missingCount: Int { missing.count }

    /// The number of the next job, from 1: names it among its deliveries and replies.
    package var nextNumber: Int { published + 1 }

    package mutating func jobPublished(_ jobID: String, at time: ContinuousClock.Instant) {
        published += 1
        waiting[published] = Waiting(jobID: jobID, since: time)
    }

    /// - Returns: whether it is the reply of a job that had none: workers that promise no more than at-least-once repeat
    ///   some.
    package mutating func replyReceived(
        for number: Int, hasSucceeded: Bool, at time: ContinuousClock.Instant
    ) -> Bool {
        guard waiting.removeValue(forKey: number) != nil || missing.remove(number) != nil else { return false }
        if hasSucceeded { succeeded += 1 } else { failed += 1 }
        lastReply = time
        return true
    }

    /// - Returns: the job's id; nil if it waits for nothing.
    package mutating func deliveryFailed(_ number: Int) -> String? {
        guard let job = waiting.removeValue(forKey: number) else { return nil }
        undelivered += 1
        return job.jobID
    }

    /// All that were published and did not fail are with the brokers: for whoever does not wait for replies.
    package mutating func allDelivered() { waiting.removeAll(keepingCapacity: true) }

    /// The job that has waited longest.
    package mutating func longestWaiting() -> (number: Int, job: Waiting)? {
        while oldest <= published {
            if let job = waiting[oldest] { return (oldest, job) }
            oldest += 1
        }
        return nil
    }

    /// Gives up jobs that have waited for `limit`.
    /// - Returns: those, and whether no job at all was answered while they waited, so that no more should be published.
    package mutating func giveUp(
        after limit: Duration, at time: ContinuousClock.Instant
    ) -> (jobIDs: [String], isSilent: Bool) {
        var jobIDs: [String] = []
        var isSilent = false
        while let (number, job) = longestWaiting(), time - job.since >= limit {
            waiting[number] = nil
            missing.insert(number)
            jobIDs.append(job.jobID)
            isSilent = isSilent || lastReply.map { $0 < job.since } ?? true
        }
        return (jobIDs, isSilent)
    }

    /// How long no reply has come although one is waited for.
    package mutating func silence(at time: ContinuousClock.Instant) -> Duration {
        guard let (_, job) = longestWaiting() else { return .zero }
        return time - max(job.since, lastReply ?? job.since)
    }
}
