package import EventLoop
internal import JSON

/// Looks through all replies of a bench: whether each job has exactly one, when the first job began, and when the last reply
/// was published.
package struct ReplyAudit {
    private let jobs: BenchJobs
    private let document = JSONDocument()
    private var counts: [UInt8]
    /// Records that are a reply to none of the jobs.
    package private(set) var foreign = 0
    /// Replies that tell of a failure, by `error.kind`.
    package private(set) var failures: [String: Int] = [:]
    package private(set) var firstBegin: WallTime?
    package private(set) var lastReply: WallTime?

    package init(_ jobs: BenchJobs) {
        self.jobs = jobs
        counts = [UInt8](repeating: 0, count: jobs.count)
    }

    /// - Parameter timestamp: the record's, in milliseconds since 1970.
    package mutating func take(_ value: [UInt8], timestamp: Int64?) {
        guard let root = try? document.parse(value), let id = root["job_id"]?.string, let number = jobs.number(of: id),
            let completed = root["completed_at"]?.string.flatMap({ WallTime(rfc3339: $0) }),
            let duration = root["duration_ms"]?.int64
        else {
            foreign += 1
            return
        }
        counts[number] = min(counts[number], .max - 1) + 1
        if root["outcome"]?.string != "succeeded" {
            failures[root["error"]?["kind"]?.string ?? "unknown", default: 0] += 1
        }
        let begin = completed + .milliseconds(-duration)
        firstBegin = min(firstBegin ?? begin, begin)
        if let timestamp {
            let published = WallTime(millisecondsSince1970: timestamp)
            lastReply = max(lastReply ?? published, published)
        }
    }

    package var missing: Int { counts.count { $0 == 0 } }

    /// Replies beyond the first one of a job.
    package var duplicates: Int { counts.reduce(0) { $0 + max(0, Int($1) - 1) } }

    package var isExactlyOneEach: Bool { missing == 0 && duplicates == 0 && foreign == 0 }
}
