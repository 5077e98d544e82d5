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
            try await withSimulator(["--latency", "100ms"]) { simulator in
                try await withWorkers(10, topics, api: simulator.url, settings: ["api.concurrency=20"]) { workers in
                    for worker in workers { try await worker.waitForLine(containing: #""owned":2"#) }
                    try await topics.publishJobs(1...6_000)
                    _ = try await topics.replies(1_000)
                    try await simulator.revoke(account: SimulatorProcess.account)
                    let replies = try await topics.replies(6_000)
                    let statistics = try await simulator.currentStatistics()
                    let issued = statistics.tokens_issued[SimulatorProcess.account] ?? 0
                    print("ten instances: \(statistics.stable_token.calls) token calls, \(issued) tokens")
                    // Each instance asks once at its start and once for the token that died; all are given the same.
                    #expect(statistics.stable_token.calls <= 20)
                    #expect(issued == 2)
                    #expect(replies.allSatisfy { $0.outcome == "succeeded" && $0.attempts == 1 })
                    for worker in workers { try await worker.endInOrder() }
                }
            }
            try await expectEachAnsweredOnce(topics, 6_000)
        }

        /// WeChat is known to refuse a good token for minutes, one call and not the next.
        @Test func flappingTokenIsNotFetchedForEachRefusal() async throws {
            let topics = try TestTopics(partitions: 8)
            try await topics.publishJobs(1...6_000)
            let faults = ["--latency", "20ms", "--flap-rate", "0.45", "--flap-bursts", "300ms"]
            try await withSimulator(faults) { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let replies = try await topics.replies(6_000)
                    let statistics = try await simulator.currentStatistics()
                    let failed = replies.filter { $0.outcome == "failed" }
                    let refused = statistics.errcodes["40001"] ?? 0
                    print(
                        """
                        flapping token: \(refused) of \(statistics.applycodequery.calls) calls refused, \
                        \(statistics.stable_token.calls) token calls, \(failed.count) of 6000 jobs failed
                        """)
                    #expect(refused >= 2_000)
                    // The first, and one for each pause that doubles from a second on.
                    #expect(statistics.stable_token.calls <= 10)
                    #expect(failed.allSatisfy { $0.kind == "token_rejected" })
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 6_000)
        }
    }
}
