internal import EventLoop
internal import QueryWorker

/// A sweep as a picture: rate and CPU time over the steps.
struct BenchChart {
    let svg: String

    /// - Parameters:
    ///   - remark: what stays the same.
    ///   - brokers: which.
    init(_ sweep: BenchSweep, _ all: [BenchSeries], remark: String, brokers: String) {
        let day = WallTime.current.rfc3339.prefix(10)
        let runs = all.map(\.runs.count).max() ?? 1
        let repeated = runs > 1 ? "; medians of \(runs) runs, thin lines from the least to the most" : ""
        svg =
            SweepChart(
                title: "query-worker bench: \(sweep.stepTitle)",
                remarks: [
                    remark + repeated,
                    "query-worker \(WorkerIdentity.version), \(day), on \(Machine.current.text), \(brokers)",
                ],
                stepTitle: sweep.stepTitle, steps: all.map(\.name),
                panels: [
                    SweepChart.Panel(
                        title: "jobs per second", values: all.map(\.jobsPerSecond),
                        limit: all.map { $0.runs[0].settings.idealRate },
                        limitTitle: "calls in flight ÷ latency, the most there can be"),
                    SweepChart.Panel(title: "CPU time per job, in µs", values: all.map(\.cpuPerJob)),
                    SweepChart.Panel(
                        title: "peak memory, in MB",
                        values: all.map { series in series.spread { Double($0.use.peakBytes) / 1_000_000 } }),
                ]
            ).svg
    }

    /// - Parameter jobs: of each run.
    static func remark(_ sweep: BenchSweep, _ settings: BenchSettings, jobs: String) -> String {
        var parts = ["\(jobs) jobs a run"]
        if sweep != .partitions { parts.append("\(settings.partitions) partitions") }
        if sweep != .instances {
            parts.append("\(settings.instances) \(settings.instances == 1 ? "instance" : "instances")")
        }
        if sweep != .concurrency { parts.append("\(settings.calls) calls in flight") }
        if sweep != .latency { parts.append(settings.latency.map { "\($0) a call" } ?? "another API") }
        return (parts + [settings.delivery.rawValue]).joined(separator: ", ")
    }
}
