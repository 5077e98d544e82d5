internal import EventLoop

/// What one run of a bench is like.
package struct BenchSettings: Sendable, Hashable {
    package var jobs = 40_000
    package var partitions = 8
    /// As the simulator is told; nil where the API is another one.
    package var latency: String? = "0ms"
    /// nil where it is not known.
    package var meanLatency: Duration? = .zero
    /// Calls in flight of each instance: `api.concurrency`.
    package var calls = 128
    /// Of each instance: `jobs.in.flight.max`.
    package var jobsInFlight = 1024
    package var instances = 1
    package var delivery = Delivery.exactlyOnce

    package init() {}

    /// What `api.concurrency` and the API's latency allow, in jobs per second; nil if they allow any rate.
    package var idealRate: Double? {
        guard let meanLatency, meanLatency > .zero else { return nil }
        return Double(min(calls, jobsInFlight) * instances) / meanLatency.inSeconds
    }

    /// All but the delivery.
    package var text: String {
        let count = instances == 1 ? "1 instance" : "\(instances) instances"
        return
            "\(Figures.grouped(jobs)) jobs, \(partitions) \(partitions == 1 ? "partition" : "partitions"), \(count), "
            + "\(Figures.grouped(calls)) calls in flight\(instances == 1 ? "" : " each"), "
            + "\(latency.map { "\($0) a call" } ?? "another API")"
    }
}
