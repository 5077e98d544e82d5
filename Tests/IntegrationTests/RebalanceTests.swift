internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Partitions that move between instances: no job lost or doubled, and nobody waits long.
    @Suite struct RebalanceTests {
        private static let strategies = [
            [], ["kafka.partition.assignment.strategy=cooperative-sticky"],
        ]

        @Test(arguments: strategies)
        func instancesThatJoinAndLeaveLoseAndDoubleNothing(strategy: [String]) async throws {
            let topics = try TestTopics(partitions: 8)
            try await topics.publishJobs(1...6_000)
            try await withSimulator(["--latency", "50ms"]) { simulator in
                try await withWorker(topics, api: simulator.url, instance: "one", settings: strategy) { one in
                    _ = try await topics.replies(500)
                    let (took, stall) = try await withWorker(
                        topics, api: simulator.url, instance: "two", settings: strategy
                    ) { two in
                        let joined = ContinuousClock.now
                        try await two.waitForLine(containing: #""owned":4"#)
                        let took = ContinuousClock.now - joined
                        _ = try await topics.replies(3_500)
                        try await two.endInOrder()
                        let replies = try await topics.replies(6_000)
                        return (took, longestStall(in: replies))
                    }
                    print(
                        "join of a second instance \(strategy): its partitions after \(took), no reply for \(stall) s at most"
                    )
                    #expect(stall < 1)
                    try await one.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 6_000)
        }

        /// The longest time without any reply, as a reader of the whole topic sees it.
        private func longestStall(in replies: [Reply]) -> Double {
            let times = replies.map(\.completedAt).sorted()
            return zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0
        }

        /// Its partitions move when `rebalance.drain` is over; the call is cut off and made again by the new owner.
        @Test func hangingCallHoldsUpARebalanceForTheDrainOnly() async throws {
            let topics = try TestTopics(partitions: 2)
            let settings = ["rebalance.drain=2s", "api.timeout=30s"]
            try await topics.publishJobs(1...100)
            try await withSimulator(["--latency", "5ms", "--hang-id", "580000010=8s"]) { simulator in
                try await withWorker(topics, api: simulator.url, instance: "one", settings: settings) { one in
                    _ = try await topics.replies(99)
                    try await withWorker(topics, api: simulator.url, instance: "two", settings: settings) { two in
                        let joined = ContinuousClock.now
                        try await two.waitForLine(containing: #""owned":1"#)
                        let took = ContinuousClock.now - joined
                        print("rebalance beside a hanging call, rebalance.drain=2s: \(took)")
                        #expect(took >= .seconds(1.5))
                        #expect(took < .seconds(5))
                        _ = try await topics.replies(100)
                        for worker in [one, two] { try await worker.endInOrder() }
                    }
                }
            }
            try await expectEachAnsweredOnce(topics, 100)
        }

        @Test func partitionsAddedToTheTopicAreTakenFromTheirBeginning() async throws {
            let topics = try TestTopics(partitions: 1)
            let settings = ["kafka.topic.metadata.refresh.interval.ms=1000"]
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    try await worker.waitForLine(containing: #""owned":1"#)
                    try await topics.publishJobs(1...10)
                    try await onOwnThread { try topics.admin().createPartitions(of: topics.jobs, upTo: 3) }
                    // Published before the worker knows of the partition.
                    try await topics.publishJobs(11...20, partition: 2)
                    try await worker.waitForLine(containing: #""owned":3"#)
                    _ = try await topics.replies(20)
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 20)
        }

        @Test func moreInstancesThanPartitionsDoNoHarm() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url, instance: "one") { one in
                    try await withWorker(topics, api: simulator.url, instance: "two") { two in
                        for worker in [one, two] { try await worker.waitForLine(containing: #""message":"assigned""#) }
                        try await topics.publishJobs(1...200)
                        _ = try await topics.replies(200)
                        for worker in [one, two] { try await worker.endInOrder() }
                    }
                }
            }
            try await expectEachAnsweredOnce(topics, 200)
        }
    }
}
