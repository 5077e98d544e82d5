internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Two processes under one name: an operator's mistake that must end loudly, and double nothing.
    @Suite struct FencingTests {
        @Test func oneOfTwoInstancesOfTheSameNameEndsAndNamesIt() async throws {
            let topics = try TestTopics(partitions: 8)
            try await topics.publishJobs(1...500)
            try await withSimulator(["--latency", "20ms"]) { simulator in
                try await withWorker(topics, api: simulator.url, instance: "twin") { first in
                    _ = try await topics.replies(100)
                    try await withWorker(topics, api: simulator.url, instance: "twin") { second in
                        let (loser, winner) = try await jobsUntilOneEnds(topics, first, second)
                        #expect(try await loser.waitForExit() == 70)
                        let last = loser.lines.last?.text ?? ""
                        #expect(last.contains("\(topics.group)-twin") && last.contains("instance.id"), "\(last)")
                        let count = try await topics.endOffset(of: topics.jobs)
                        _ = try await topics.replies(count)
                        try await winner.endInOrder()
                        try await expectEachAnsweredOnce(topics, count)
                    }
                }
            }
        }

        /// Fencing shows when both publish: jobs for all partitions, until it has ended one of them.
        private func jobsUntilOneEnds(
            _ topics: TestTopics, _ first: ChildProcess, _ second: ChildProcess
        ) async throws -> (loser: ChildProcess, winner: ChildProcess) {
            var next = 501
            let deadline = ContinuousClock.now + .seconds(60)
            while first.isRunning, second.isRunning, .now < deadline {
                try await topics.publishJobs(next...next + 99)
                next += 100
                // Not a wait for anything: it paces the jobs, as their publishers would.
                try await Task.sleep(for: .milliseconds(100))
            }
            return first.isRunning ? (second, first) : (first, second)
        }
    }
}
