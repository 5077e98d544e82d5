internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// WeChat away for long: jobs wait, lose no attempt, and do not come all at once afterwards.
    @Suite struct OutageTests {
        @Test func apiDownForLongFailsNoJob() async throws {
            let topics = try TestTopics(partitions: 8)
            // Shorter than the outage: the jobs' clocks stand still.
            let settings = ["job.timeout=\(max(2, Int(outage.components.seconds / 2)))s"]
            try await withSimulator(["--latency", "50ms"]) { simulator in
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    try await topics.publishJobs(1...8_000)
                    _ = try await topics.replies(1_000)
                    try await simulator.set(["--down"])
                    try await worker.waitForLine(containing: #""message":"WeChat cannot be reached; jobs wait""#)
                    let down = ContinuousClock.now
                    // The outage itself, in the time of real probes.
                    try await Task.sleep(for: outage)
                    let before = try await simulator.currentStatistics()
                    try await simulator.set(["--up"])
                    let up = ContinuousClock.now
                    try await simulator.waitForSuccess(since: before)
                    let first = ContinuousClock.now - up
                    let replies = try await topics.replies(8_000)
                    let statistics = try await simulator.currentStatistics()
                    let dropped = statistics.dropped
                    print(
                        """
                        API down for \(up - down): \(dropped) calls in it, first success \(first) after its end, \
                        attempts \(Set(replies.map(\.attempts)).sorted())
                        calls per second: \(statistics.rateCurve)
                        """)
                    #expect(first < .seconds(2))
                    #expect(replies.allSatisfy { $0.outcome == "succeeded" && $0.attempts == 1 })
                    // Those under way when the breaker trips, each of which libcurl sends once more on a new connection, and
                    // a probe a second.
                    #expect(dropped <= 2 * 133 + 2 * (Int((up - down).components.seconds) + 1))
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 8_000)
        }

        /// A minute's quota: all wait for the next minute, one call tries, then more and more.
        @Test func minuteQuotaIsWaitedFor() async throws {
            let topics = try TestTopics(partitions: 4)
            try await topics.publishJobs(1...1_500)
            try await withSimulator(["--latency", "20ms", "--minute-quota", "1000"]) { simulator in
                try await withWorker(topics, api: simulator.url, settings: ["job.timeout=5s"]) { worker in
                    let replies = try await topics.replies(1_500, within: .seconds(200))
                    let statistics = try await simulator.currentStatistics()
                    let refused = statistics.errcodes["45011"] ?? 0
                    print("minute quota of 1000 for 1500 jobs: \(refused) refused; per second: \(statistics.rateCurve)")
                    #expect(replies.allSatisfy { $0.outcome == "succeeded" && $0.attempts == 1 })
                    // Those under way when the first was refused, and a probe at most for each minute after.
                    #expect(refused <= 128 + 3)
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 1_500)
        }
    }
}
