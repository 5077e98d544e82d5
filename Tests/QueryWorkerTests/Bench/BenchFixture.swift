import EventLoop
import JSON
import Testing

@testable import QueryWorker

/// Runs of a bench as they could be.
enum BenchFixture {
    static let jobs = BenchJobs(runID: "r1", count: 4)

    static func reply(
        _ id: String, completedAt: String = "2026-11-25T10:00:01.000Z", duration: Int = 40, kind: String? = nil
    ) -> [UInt8] {
        let outcome = kind.map { #""failed","error":{"kind":"\#($0)"}"# } ?? #""succeeded""#
        let text =
            #"{"job_id":"\#(id)","outcome":\#(outcome),"duration_ms":\#(duration),"completed_at":"\#(completedAt)"}"#
        return Array(text.utf8)
    }

    /// Of four jobs that took a second.
    static func audit(_ ids: [String] = ["r1-0", "r1-1", "r1-2", "r1-3"]) -> ReplyAudit {
        var audit = ReplyAudit(jobs)
        let end = WallTime(rfc3339: "2026-11-25T10:00:01.960Z")?.millisecondsSince1970
        for id in ids { audit.take(reply(id), timestamp: end) }
        return audit
    }

    static func use(user: Double = 0.0003, system: Double = 0.0001, peak: Int = 64_000_000) throws -> ProcessUse {
        var use = try #require(
            ProcessUse(stat: "1 (x) R 0 0 0 0 0 0 0 0 0 0 0 0 0", status: "VmHWM: 1 kB", ticksPerSecond: 1))
        use.user = user
        use.system = system
        use.peakBytes = peak
        return use
    }

    static func figures(transactions: Int = 2) throws -> WorkerFigures {
        let latency = #"{"p50":1.5,"p90":20,"p99":300}"#
        let status = """
            {"jobs":{"succeeded_total":4,"failed_total":0},"transactions":{"committed_total":\(transactions)},
            "calls":{"retries_total":0},"not_ready":[{"reason":"starting","message":"looks"}],
            "latency_total_ms":{"process":\(latency),"call":\(latency),"queue_wait":\(latency),
            "call_wait":{"p50":null,"p90":null,"p99":null},"publish_wait":\(latency)}}
            """
        return try #require(WorkerFigures(status: Array(status.utf8)))
    }

    static func run(
        _ ids: [String] = ["r1-0", "r1-1", "r1-2", "r1-3"], mean: Duration? = nil, user: Double = 0.0003
    ) throws -> BenchRun {
        var settings = BenchSettings()
        settings.jobs = jobs.count
        settings.calls = 1
        settings.meanLatency = mean
        return BenchRun(
            settings: settings, audit: audit(ids), use: try use(user: user), figures: try figures())
    }
}
