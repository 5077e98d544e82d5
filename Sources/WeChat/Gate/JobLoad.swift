/// Jobs, and the memory that they take.
package struct JobLoad: Equatable, Sendable {
    package var jobs: Int
    package var bytes: Int

    package init(jobs: Int = 0, bytes: Int = 0) {
        self.jobs = jobs
        self.bytes = bytes
    }

    static func += (sum: inout JobLoad, other: JobLoad) {
        sum.jobs += other.jobs
        sum.bytes += other.bytes
    }

    static func -= (sum: inout JobLoad, other: JobLoad) {
        sum.jobs -= other.jobs
        sum.bytes -= other.bytes
    }

    var half: JobLoad { JobLoad(jobs: max(1, jobs / 2), bytes: max(1, bytes / 2)) }

    /// Whether it is at `limit` in one way or the other.
    func reaches(_ limit: JobLoad) -> Bool { jobs >= limit.jobs || bytes >= limit.bytes }
}
