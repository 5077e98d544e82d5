/// Bounds what all accounts together hold whose jobs are stuck, so that some of them do not take all room from the others.
///
/// One alone may hold its limit. The more all hold, the less each may, and a quarter of the worker's capacity, or half of
/// what the limit leaves of it, stays free of them. Who holds next to nothing is not refused: its next job may be what
/// ends its trouble.
struct StuckJobs {
    /// Of one account.
    let limit: JobLoad
    /// Of all together.
    private let total: JobLoad
    var held = JobLoad()

    /// - Parameter capacity: what all accounts may hold together; at least `limit`.
    init(limit: JobLoad, capacity: JobLoad) {
        self.limit = limit
        total = JobLoad(
            jobs: max(capacity.jobs - capacity.jobs / 4, limit.jobs + (capacity.jobs - limit.jobs) / 2),
            bytes: max(capacity.bytes - capacity.bytes / 4, limit.bytes + (capacity.bytes - limit.bytes) / 2))
    }

    /// Whether the next job is refused of an account that is stuck, and holds `own`.
    func refusesMore(than own: JobLoad) -> Bool {
        if own.reaches(limit) { return true }
        guard own.jobs >= max(1, limit.jobs / 64) else { return false }
        return isBeyond(own, \.jobs) || isBeyond(own, \.bytes)
    }

    /// An account may hold a multiple of what is left of the total, chosen so that one alone comes to its limit.
    private func isBeyond(_ own: JobLoad, _ measure: KeyPath<JobLoad, Int>) -> Bool {
        let (limit, total) = (Double(limit[keyPath: measure]), Double(total[keyPath: measure]))
        let left = max(0, total - Double(held[keyPath: measure]))
        return Double(own[keyPath: measure]) >= left * max(2, limit / max(1, total - limit))
    }
}
