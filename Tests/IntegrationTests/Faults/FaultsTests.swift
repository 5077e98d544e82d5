internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Every record one reply, whatever the API does and whoever dies.
    @Suite struct FaultsTests {
        private static let jobs = 10_000
        private static let badDay = [
            "--latency", "5ms", "--busy-rate", "0.02", "--http-error-rate", "0.01", "--drop-rate", "0.01",
            "--broken-json-rate", "0.005", "--revoke-every", "2000",
        ]

        /// The shortest that brokers allow: until then, a killed member keeps its partitions.
        private static let shortSession = ["kafka.session.timeout.ms=6000", "log.level=debug"]

        @Test func answersEachJobOnceThroughFaults() async throws {
            let topics = try TestTopics(partitions: 8)
            try await topics.publishJobs(1...Self.jobs)
            try await withSimulator(Self.badDay) { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    _ = try await topics.replies(Self.jobs)
                    worker.terminate()
                    #expect(try await worker.waitForExit() == 0)
                }
                try await expectEachAnsweredOnce(topics, simulator, "faults of the API")
            }
        }

        @Test func answersEachJobOnceWhileAnInstanceIsKilled() async throws {
            let topics = try TestTopics(partitions: 8)
            try await withSimulator(Self.badDay) { simulator in
                try await withWorker(topics, api: simulator.url, instance: "one", settings: Self.shortSession) {
                    survivor in
                    try await withWorker(topics, api: simulator.url, instance: "two", settings: Self.shortSession) {
                        victim in
                        for worker in [survivor, victim] { try await worker.waitForLine(containing: #""owned":4"#) }
                        try await topics.publishJobs(1...Self.jobs)
                        _ = try await topics.replies(1_000)
                        victim.kill()
                        try await victim.waitForExit()
                    }
                    // Before the group gives the killed one's partitions to the survivor.
                    let before = try await topics.allReplies().count
                    print("killed by SIGKILL: \(before) of \(Self.jobs) replies before the killed one is back")
                    #expect(before < Self.jobs)
                    try await withWorker(topics, api: simulator.url, instance: "two", settings: Self.shortSession) {
                        second in
                        _ = try await topics.replies(Self.jobs)
                        for worker in [survivor, second] {
                            worker.terminate()
                            let status = try await worker.waitForExit()
                            #expect(status == 0)
                        }
                    }
                }
                try await expectEachAnsweredOnce(topics, simulator, "one of two instances killed and restarted")
            }
        }

        private func expectEachAnsweredOnce(
            _ topics: TestTopics, _ simulator: SimulatorProcess, _ what: String
        ) async throws {
            let replies = try await topics.allReplies()
            let statistics = try await simulator.statistics()
            let ids = Set(replies.compactMap(\.jobID))
            print(
                """
                \(what): \(Self.jobs) jobs, \(replies.count) replies, \(replies.count - ids.count) doubles, \
                \(replies.count { $0.outcome == "succeeded" }) succeeded, \
                \(statistics.applycodequery.calls) API calls, \(statistics.tokens_revoked) tokens revoked, \
                \(statistics.stable_token.calls) token calls
                """)
            #expect(replies.count == Self.jobs)
            #expect(ids.count == Self.jobs)
            #expect(Set(replies.map(\.source)).count == Self.jobs)
            // Each instance fetches one at its start, and one more for each that was revoked.
            #expect(statistics.stable_token.calls <= 3 + 3 * statistics.tokens_revoked)
            try await expectValid(replies.map(\.text))
        }
    }
}
