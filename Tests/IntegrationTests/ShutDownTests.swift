internal import TestSupport
internal import Testing

extension OnRealKafka {
    @Suite struct ShutDownTests {
        @Test func sigtermDrainsAndTheNextMemberStartsAtOnce() async throws {
            let topics = try TestTopics(partitions: 8)
            let jobs = 8_000
            try await topics.publishJobs(1...jobs)
            try await withSimulator(["--latency", "20ms"]) { simulator in
                let stopped = try await withWorker(topics, api: simulator.url, instance: "one") { worker in
                    _ = try await topics.replies(500)
                    let asked = ContinuousClock.now
                    worker.terminate()
                    #expect(try await worker.waitForExit(timeout: .seconds(20)) == 0)
                    #expect(!worker.lines.contains { $0.text.contains("left to the next owner") })
                    return (asked: asked, gone: ContinuousClock.now)
                }
                let answered = try await topics.allReplies().count
                #expect((500..<jobs).contains(answered))
                try await withWorker(topics, api: simulator.url, instance: "two") { worker in
                    let start = ContinuousClock.now
                    try await worker.waitForLine(containing: #""message":"assigned""#)
                    let assigned = ContinuousClock.now - start
                    print(
                        """
                        SIGTERM with \(answered) of \(jobs) answered: gone after \(stopped.gone - stopped.asked); \
                        the next member had its partitions \(assigned) after its start
                        """)
                    // Without an orderly leave it would wait for the first one's session to time out, 45 s.
                    #expect(assigned < .seconds(5))
                    _ = try await topics.replies(jobs)
                    worker.terminate()
                    #expect(try await worker.waitForExit() == 0)
                }
                let replies = try await topics.allReplies()
                #expect(replies.count == jobs)
                #expect(Set(replies.compactMap(\.jobID)).count == jobs)
                try await expectValid(replies.map(\.text))
            }
        }
    }
}
