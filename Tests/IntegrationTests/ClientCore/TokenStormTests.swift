internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// A token that dies under thousands of calls costs one token call, and no job an attempt.
    @Suite struct TokenStormTests {
        private static let settings = ["jobs.in.flight.max=2000", "api.concurrency=2000", "api.timeout=30s"]

        @Test func revokedUnderTwoThousandJobsInFlight() async throws {
            let topics = try TestTopics(partitions: 8)
            try await withSimulator(["--latency", "uniform:500ms,2500ms", "--token-latency", "20ms"]) { simulator in
                try await withWorker(topics, api: simulator.url, settings: Self.settings) { worker in
                    try await worker.waitForLine(containing: #""message":"assigned""#)
                    try await simulator.revoke(account: SimulatorProcess.account)
                    // Refusals come back over two seconds: most of them long after the new token is there.
                    try await topics.publishJobs(1...4_000)
                    let replies = try await topics.replies(4_000)
                    let statistics = try await simulator.currentStatistics()
                    print(
                        """
                        token revoked under \(statistics.max_in_flight) calls: \(statistics.stable_token.calls) token \
                        calls, \(statistics.errcodes["40001"] ?? 0) refused calls, attempts \
                        \(Set(replies.map(\.attempts)).sorted())
                        """)
                    #expect(statistics.stable_token.calls == 2)
                    #expect((statistics.errcodes["40001"] ?? 0) >= 1_000)
                    #expect(replies.allSatisfy { $0.outcome == "succeeded" && $0.attempts == 1 })
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 4_000)
        }

        @Test func revokedUnderTenInstances() async throws {
            let topics = try TestTopics(partitions: 20)
            let settings = ["jobs.in.flight.max=200", "api.concurrency=200", "api.timeout=30s"]
            // So long that all places are taken before the first is given back.
            try await withSimulator(["--latency", "4s", "--token-latency", "20ms"]) { simulator in
                try await withWorkers(10, topics, api: simulator.url, settings: settings) { workers in
                    for worker in workers { try await worker.waitForLine(containing: #""owned":2"#) }
                    try await topics.publishJobs(1...4_000)
                    try await simulator.waitForCalls(underWay: 2_000)
                    try await simulator.revoke(account: SimulatorProcess.account)
                    // Those under way were let in. The next in their places are refused from a second on, most of them
                    // long after the new token is there.
                    try await simulator.set(["--latency", "uniform:1s,2s"])
                    let replies = try await topics.replies(4_000)
                    let statistics = try await simulator.currentStatistics()
                    let issued = statistics.tokens_issued[SimulatorProcess.account] ?? 0
                    let refused = statistics.errcodes["40001"] ?? 0
                    print(
                        """
                        ten instances: token revoked under \(statistics.max_in_flight) calls, \(refused) refused, \
                        \(statistics.stable_token.calls) token calls, \(issued) tokens
                        """)
                    #expect(statistics.max_in_flight >= 2_000)
                    #expect(refused >= 1_000)
                    // Each instance asks once at its start and once for the token that died; all are given the same.
                    #expect(statistics.stable_token.calls <= 20)
                    #expect(issued == 2)
                    #expect(replies.allSatisfy { $0.outcome == "succeeded" && $0.attempts == 1 })
                    for worker in workers { try await worker.endInOrder() }
                }
            }
            try await expectEachAnsweredOnce(topics, 4_000)
        }

        /// WeChat is known to refuse a good token for minutes, one call and not the next.
        @Test func flappingTokenIsNotFetchedForEachRefusal() async throws {
            let topics = try TestTopics(partitions: 8)
            try await topics.publishJobs(1...6_000)
            let faults = ["--latency", "20ms", "--flap-rate", "0.45", "--flap-bursts", "300ms"]
            try await withSimulator(faults) { simulator in
                try await withWorker(topics, api: simulator.url, settings: ["job.timeout=10s"]) { worker in
                    let replies = try await topics.replies(6_000)
                    let statistics = try await simulator.currentStatistics()
                    let longest = replies.map(\.durationMilliseconds).max() ?? 0
                    let failed = replies.filter { $0.outcome == "failed" }
                    let refused = statistics.errcodes["40001"] ?? 0
                    print(
                        """
                        flapping token: \(refused) of \(statistics.applycodequery.calls) calls refused, \
                        \(statistics.stable_token.calls) token calls, \(failed.count) of 6000 jobs failed, the longest \
                        job took \(longest) ms
                        """)
                    #expect(refused >= 2_000)
                    // The first, and one for each pause that doubles from a second on.
                    #expect(statistics.stable_token.calls <= 10)
                    #expect(failed.allSatisfy { $0.kind == "token_rejected" })
                    #expect(replies.allSatisfy { (0...11_000).contains($0.durationMilliseconds) })
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 6_000)
        }
    }
}
