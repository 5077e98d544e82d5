internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// WeChat out of reach while jobs flow: every job has its reply all the same.
    @Suite struct APIFaultTests {
        @Test func connectionsToTheAPIThatBreak() async throws {
            let topics = try TestTopics(partitions: 8)
            try await FaultRun.run(
                "broken connections to the API", on: topics, workers: 2, settings: ["api.timeout=2s"]
            ) {
                run in
                for _ in 0..<FaultRun.rounds {
                    run.api.cutConnections()
                    run.happened("connections to the API cut")
                    try await run.pause(0...1)
                    run.api.delay(.milliseconds(Int.random(in: 100...1_000, using: &run.random)))
                    run.happened("connections to the API slow")
                    try await run.pause(1...2)
                    run.api.delay(.zero)
                    run.api.stall()
                    run.happened("connections to the API silent")
                    try await run.pause(1...3)
                    run.api.unstall()
                }
            }
        }

        @Test func apiDown() async throws {
            let topics = try TestTopics(partitions: 8)
            try await FaultRun.run("API down", on: topics, workers: 2) { run in
                run.api.refuse()
                run.happened("API down for \(outage)")
                // The outage itself, in the time of real retries and time limits.
                try await Task.sleep(for: outage)
                run.api.accept()
            }
        }
    }
}
