internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// `delivery=at-least-once`: no transactions, and still nothing lost; doubles only where something crashed.
    @Suite struct AtLeastOnceTests {
        private static let settings = ["delivery=at-least-once", "kafka.session.timeout.ms=6000"]

        @Test func answersEachJobOnceWhileNothingCrashes() async throws {
            let topics = try TestTopics(partitions: 8)
            try await topics.publishJobs(1...5_000)
            try await withSimulator(["--latency", "5ms", "--busy-rate", "0.02"]) { simulator in
                try await withWorker(topics, api: simulator.url, instance: "one", settings: Self.settings) { one in
                    _ = try await topics.replies(500)
                    try await withWorker(topics, api: simulator.url, instance: "two", settings: Self.settings) { two in
                        try await two.waitForLine(containing: #""owned":4"#)
                        _ = try await topics.replies(3_000)
                        try await two.endInOrder()
                    }
                    _ = try await topics.replies(5_000)
                    try await one.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 5_000)
        }

        @Test func losesNothingWhenItIsKilledAndRepeatsOnlyWhatWasInFlight() async throws {
            let topics = try TestTopics(partitions: 8)
            try await topics.publishJobs(1...5_000)
            try await withSimulator(["--latency", "20ms"]) { simulator in
                try await withWorker(topics, api: simulator.url, settings: Self.settings) { worker in
                    _ = try await topics.replies(1_000)
                    worker.kill()
                    try await worker.waitForExit()
                }
                try await withWorker(topics, api: simulator.url, settings: Self.settings) { worker in
                    var replies: [Reply] = []
                    while Set(replies.compactMap(\.jobID)).count < 5_000 {
                        replies = try await topics.replies(replies.count + 1)
                        replies = try await topics.allReplies()
                    }
                    try await worker.endInOrder()
                }
                let replies = try await topics.allReplies()
                let doubles = replies.count - 5_000
                let calls = try await simulator.statistics().applycodequery.calls
                print(
                    "at-least-once, killed by SIGKILL: 5000 jobs, \(replies.count) replies, \(doubles) doubles, \(calls) API calls"
                )
                #expect(Set(replies.compactMap(\.jobID)).count == 5_000)
                // What the killed one held, at most.
                #expect(doubles <= 1_024)
                try await expectValid(replies.map(\.text))
            }
        }
    }
}
