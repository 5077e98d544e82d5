internal import EventLoop

/// Bounds what all accounts together hold whose jobs are stuck, so that two or three of them do not take all room from
/// those whose jobs are not.
///
/// One alone may hold its limit. The more the others hold, the less each may; the sum stays halfway between an account's
/// limit and what the worker can hold.
struct StuckJobs {
    /// Of one account.
    let limit: JobLoad
    /// Of all together.
    let total: JobLoad
    var held = JobLoad()
    /// When a job of an account that is not stuck ended last. Where all accounts are stuck, nothing is gained by refusing:
    /// no other waits for the room.
    var othersMovedAt: MonotonicTime?

    private static let memory = Duration.seconds(10)

    /// - Parameter capacity: what all accounts may hold together; at least `limit`.
    init(limit: JobLoad, capacity: JobLoad) {
        self.limit = limit
        total = JobLoad(
            jobs: limit.jobs + min(limit.jobs, capacity.jobs - limit.jobs) / 2,
            bytes: limit.bytes + min(limit.bytes, capacity.bytes - limit.bytes) / 2)
    }

    /// Whether the next job is refused of an account that is stuck, and holds so much.
    func refusesMore(than own: JobLoad, at time: MonotonicTime) -> Bool {
        if own.reaches(limit) { return true }
        guard let othersMovedAt, time - othersMovedAt < Self.memory else { return false }
        return isBeyond(own, \.jobs) || isBeyond(own, \.bytes)
    }

    /// An account may hold a multiple of what is left of the total, chosen so that one alone comes to its limit.
    private func isBeyond(_ own: JobLoad, _ measure: KeyPath<JobLoad, Int>) -> Bool {
        let (limit, total) = (Double(limit[keyPath: measure]), Double(total[keyPath: measure]))
        let left = max(0, total - Double(held[keyPath: measure]))
        return Double(own[keyPath: measure]) * (total - limit) >= limit * left
    }
}
