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

        private static let patient = ["api.timeout=10m", "job.timeout=1h"]
        private static let hanging = ["--hang-id", "580000010=10m", "--hang-id", "580000020=10m"]

        @Test func aSecondSignalEndsItAtOnceAndNamesTheJobs() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...10)
            try await withSimulator(Self.hanging) { simulator in
                try await withWorker(topics, api: simulator.url, settings: Self.patient) { worker in
                    _ = try await topics.replies(8)
                    worker.terminate()
                    try await worker.waitForLine(containing: #""message":"draining""#)
                    worker.terminate()
                    let status = try await worker.waitForExit(timeout: .seconds(5))
                    #expect(status == 70)
                    let line = try #require(worker.lines.last { $0.text.contains("stopped at once") })
                    #expect(line.text.contains("job-1 job-2"), "\(line.text)")
                }
            }
            #expect(try await topics.allReplies().count == 8)
        }

        @Test func whatDoesNotFinishWithinTheDrainIsNamedAndLeftToTheNextOwner() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...10)
            let settings = Self.patient + ["shutdown.drain=1s"]
            try await withSimulator(Self.hanging) { simulator in
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    _ = try await topics.replies(8)
                    try await worker.endInOrder(within: .seconds(10))
                    let line = try #require(worker.lines.last { $0.text.contains("jobs left to the next owner") })
                    #expect(line.text.contains("job-1") && line.text.contains("job-2"), "\(line.text)")
                }
            }
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    _ = try await topics.replies(10)
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 10)
        }
    }
}
