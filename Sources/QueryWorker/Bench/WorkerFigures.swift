internal import JSON

/// What a bench reads of a worker's `/status`.
package struct WorkerFigures: Sendable, Hashable {
    /// Jobs whose reply is committed.
    package var answered: Int
    package var transactions: Int
    package var retries: Int
    /// Since the worker's start.
    package var latencies: [LatencyStage: LatencyPercentiles]
    /// Why it is not ready, if it is not.
    package var trouble: String?

    /// - Returns: nil for what is no status of this version.
    package init?(status: [UInt8]) {
        guard let root = try? JSONDocument().parse(status),
            let succeeded = root["jobs"]?["succeeded_total"]?.int64, let failed = root["jobs"]?["failed_total"]?.int64,
            let transactions = root["transactions"]?["committed_total"]?.int64,
            let retries = root["calls"]?["retries_total"]?.int64, let latencies = root["latency_total_ms"]
        else { return nil }
        answered = Int(succeeded + failed)
        self.transactions = Int(transactions)
        self.retries = Int(retries)
        self.latencies = [
            .queueWait: LatencyPercentiles(latencies["queue_wait"]),
            .callWait: LatencyPercentiles(latencies["call_wait"]), .call: LatencyPercentiles(latencies["call"]),
            .process: LatencyPercentiles(latencies["process"]),
            .publishWait: LatencyPercentiles(latencies["publish_wait"]),
        ]
        trouble = root["not_ready"]?.elements?.first { _ in true }?["message"]?.string
    }

    /// Workers together. Percentiles can't be added up: those of the slowest one.
    package static func + (one: Self, other: Self) -> Self {
        var sum = one
        sum.answered += other.answered
        sum.transactions += other.transactions
        sum.retries += other.retries
        sum.latencies.merge(other.latencies) { $0.slower($1) }
        sum.trouble = one.trouble ?? other.trouble
        return sum
    }
}
