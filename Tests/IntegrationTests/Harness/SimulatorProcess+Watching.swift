internal import Testing

extension SimulatorProcess {
    /// Waits until so many calls wait for their answer.
    func waitForCalls(underWay count: Int, within limit: Duration = .seconds(60)) async throws {
        let start = ContinuousClock.now
        while try await currentStatistics().in_flight < count {
            try #require(.now - start < limit, "never \(count) calls under way")
            await Task.yield()
        }
    }

    /// Waits until one more query has succeeded than `before`.
    func waitForSuccess(since before: Statistics) async throws {
        while try await currentStatistics().successes == before.successes { await Task.yield() }
    }
}

extension SimulatorProcess.Statistics {
    var successes: Int {
        (applycodequery.outcomes["succeeded"] ?? 0) + (applycodequery.outcomes["not_finished"] ?? 0)
    }

    /// Calls whose connection was closed without an answer.
    var dropped: Int { applycodequery.outcomes["dropped"] ?? 0 }

    func queries(for account: String) -> Int { accounts[account]?.query_calls ?? 0 }

    /// Query calls of each second, from the first to the last that had any: `120 118 0 0 1 …`.
    var rateCurve: String {
        let counts = accounts.values.flatMap(\.queries_per_second).reduce(into: [Int: Int]()) {
            $0[$1.second, default: 0] += $1.count
        }
        guard let first = counts.keys.min(), let last = counts.keys.max() else { return "" }
        return (first...last).map { "\(counts[$0] ?? 0)" }.joined(separator: " ")
    }
}
