package import JSON

/// Runs under the same settings.
package struct BenchSeries: Sendable, Hashable {
    /// What tells it from the others: a step of a sweep.
    package let name: String
    package let runs: [BenchRun]

    /// - Parameter runs: at least one.
    package init(_ name: String, _ runs: [BenchRun]) {
        self.name = name
        self.runs = runs
    }

    package func spread(_ value: (BenchRun) -> Double) -> Spread { Spread(runs.map(value)) }

    package var jobsPerSecond: Spread { spread(\.jobsPerSecond) }
    package var cpuPerJob: Spread { spread(\.cpuPerJob) }
    package var peakBytes: Spread { spread { Double($0.use.peakBytes) } }

    /// The middle run's latency, as far as there is one.
    package func latency(_ percentile: KeyPath<LatencyPercentiles, Double?>, of stage: LatencyStage) -> Double? {
        let values = runs.compactMap { $0.figures.latencies[stage]?[keyPath: percentile] }
        return values.isEmpty ? nil : Spread(values).median
    }

    package var isExactlyOneEach: Bool { runs.allSatisfy(\.isExactlyOneEach) }

    /// For programs: settings, then the median, the least and the most of what counts.
    package func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        runs[0].settings.write(to: &writer)
        writer.member("runs", runs.count)
        write("jobs_per_s", jobsPerSecond, digits: 1, to: &writer)
        write("cpu_us_per_job", cpuPerJob, digits: 2, to: &writer)
        write("peak_memory_bytes", peakBytes, digits: 0, to: &writer)
        writer.member("process_p50_ms", rounded: latency(\.p50, of: .process), digits: 1)
        writer.member("process_p99_ms", rounded: latency(\.p99, of: .process), digits: 1)
        writer.key("exactly_one_each")
        writer.bool(isExactlyOneEach)
    }

    private func write(_ name: StaticString, _ spread: Spread, digits: Int, to writer: inout JSONWriter) {
        writer.key(name)
        writer.object { writer in
            writer.member("median", rounded: spread.median, digits: digits)
            writer.member("min", rounded: spread.min, digits: digits)
            writer.member("max", rounded: spread.max, digits: digits)
        }
    }
}
