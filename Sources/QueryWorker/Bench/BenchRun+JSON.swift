internal import EventLoop
package import JSON

extension BenchRun {
    /// For programs: the members of one object. A member that is not known is null.
    package func write(to writer: inout JSONWriter) {
        settings.write(to: &writer)
        writer.member("began_at", began)
        writer.member("elapsed_s", rounded: elapsed.inSeconds, digits: 3)
        writer.member("jobs_per_s", rounded: jobsPerSecond, digits: 1)
        writer.member("share_of_ideal", rounded: shareOfIdeal, digits: 4)
        writer.key("cpu_us_per_job")
        writer.object { writer in
            writer.member("total", rounded: cpuPerJob, digits: 2)
            writer.member("user", rounded: userPerJob, digits: 2)
            writer.member("system", rounded: systemPerJob, digits: 2)
        }
        writer.member("cpu_before_first_job_s", rounded: cpuBeforeFirstJob, digits: 2)
        writer.member("peak_memory_bytes", use.peakBytes)
        writer.member("first_job_s", rounded: untilFirstJob.inSeconds, digits: 3)
        writer.member("transactions", figures.transactions)
        writer.member("replies_per_transaction", rounded: repliesPerTransaction, digits: 1)
        writer.member("retries", figures.retries)
        writer.key("latency_ms")
        writer.object { writer in
            for stage in LatencyStage.allCases {
                writer.key(escaping: stage.rawValue)
                writer.object { writer in
                    writer.member("p50", rounded: figures.latencies[stage]?.p50, digits: 1)
                    writer.member("p90", rounded: figures.latencies[stage]?.p90, digits: 1)
                    writer.member("p99", rounded: figures.latencies[stage]?.p99, digits: 1)
                }
            }
        }
        writeReplies(to: &writer)
        writer.key("jobs_of_instances")
        writer.beginArray()
        for share in shares { writer.integer(share) }
        writer.endArray()
        writer.member("simulator_load", rounded: simulatorLoad, digits: 3)
        writer.member("broker_load", rounded: brokerLoad, digits: 3)
    }

    private func writeReplies(to writer: inout JSONWriter) {
        writer.key("replies")
        writer.object { writer in
            writer.key("exactly_one_each")
            writer.bool(isExactlyOneEach)
            writer.member("missing", missing)
            writer.member("duplicates", duplicates)
            writer.member("foreign", foreign)
            writer.key("failed")
            writer.object { writer in
                for (kind, count) in failures.sorted(by: { $0.key < $1.key }) {
                    writer.key(escaping: kind)
                    writer.integer(count)
                }
            }
        }
    }
}

extension BenchSettings {
    func write(to writer: inout JSONWriter) {
        writer.member("jobs", jobs)
        writer.member("partitions", partitions)
        writer.member("instances", instances)
        writer.member("delivery", delivery.rawValue)
        writer.member("latency", latency)
        writer.member("calls_in_flight", calls)
        writer.member("jobs_in_flight_max", jobsInFlight)
        writer.member("ideal_jobs_per_s", rounded: idealRate, digits: 1)
    }
}

extension JSONWriter {
    package mutating func member(_ name: StaticString, rounded value: Double?, digits: Int) {
        key(name)
        guard let value else { return null() }
        let power = (0..<digits).reduce(1.0) { power, _ in power * 10 }
        double((value * power).rounded() / power)
    }
}
