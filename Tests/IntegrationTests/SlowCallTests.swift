internal import TestSupport
internal import Testing

extension OnRealKafka {
    @Suite struct SlowCallTests {
        /// All on one partition, the slow one first.
        @Test func oneHangingCallDelaysNoOtherJob() async throws {
            let topics = try TestTopics(partitions: 1)
            let slowID = 580_000_000 + 10
            try await topics.publishJobs(1...500, partition: 0)
            try await withSimulator(["--latency", "5ms", "--hang-id", "\(slowID)=5s"]) { simulator in
                try await withWorker(topics, api: simulator.url, settings: ["api.timeout=10s"]) { worker in
                    let replies = try await topics.replies(500)
                    let slow = try #require(replies.first { $0.jobID == "job-1" })
                    let others = replies.filter { $0.jobID != "job-1" }
                    let first = try #require(replies.map(\.readAt).min())
                    let last = try #require(others.map(\.readAt).max())
                    let longest = others.map(\.durationMilliseconds).max() ?? 0
                    print(
                        """
                        one call of \(slow.durationMilliseconds) ms: the other \(others.count) replies came within \
                        \(last - first) of each other, the slowest took \(longest) ms, \
                        \(slow.readAt - last) before the slow one
                        """)
                    #expect(slow.durationMilliseconds >= 5_000)
                    #expect(others.count == 499)
                    #expect(last < slow.readAt)
                    #expect(longest < 5_000)
                    worker.terminate()
                    #expect(try await worker.waitForExit() == 0)
                }
            }
        }
    }
}
