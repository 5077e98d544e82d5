internal import TestSupport
internal import Testing

extension OnKafkaCluster {
    /// Brokers that die and connections that break while jobs flow: zero lost, zero doubled.
    @Suite struct BrokerFaultTests {
        /// Requests whose answer a cut connection may eat, each of which decides about a batch or a membership.
        private static let decisiveKeys: [Int16] = [
            KafkaAPIKey.produce, KafkaAPIKey.heartbeat, KafkaAPIKey.addPartitionsToTransaction,
            KafkaAPIKey.addOffsetsToTransaction, KafkaAPIKey.endTransaction, KafkaAPIKey.commitOffsetsInTransaction,
        ]

        private static let settings = ["kafka.session.timeout.ms=6000", "kafka.socket.timeout.ms=3000"]

        private func topics(on cluster: KafkaCluster) throws -> TestTopics {
            var topics = try TestTopics(
                partitions: 6, bootstrap: cluster.directBootstrap,
                replicationFactor: Int32(cluster.brokers.count))
            topics.workerBootstrap = cluster.bootstrap
            return topics
        }

        @Test func killedBrokers() async throws {
            try await withKafkaCluster(brokers: 3) { cluster in
                let topics = try topics(on: cluster)
                try await FaultRun.run("killed brokers", on: topics, workers: 2, settings: Self.settings) { run in
                    for _ in 0..<FaultRun.rounds {
                        let broker = Int.random(in: cluster.brokers, using: &run.random)
                        try await cluster.kill(broker)
                        run.happened("SIGKILL of broker \(broker)")
                        try await run.pause(1...5)
                        try await cluster.restart(broker)
                        try await run.pause(3...5)
                    }
                }
            }
        }

        @Test func wholeClusterDown() async throws {
            try await withKafkaCluster(brokers: 3) { cluster in
                let topics = try topics(on: cluster)
                try await FaultRun.run("whole cluster down", on: topics, workers: 2, settings: Self.settings) { run in
                    for broker in cluster.brokers { try await cluster.kill(broker) }
                    run.happened("all brokers down for \(outage)")
                    // The outage itself, in the time of real sessions and time limits.
                    try await Task.sleep(for: outage)
                    for place in run.fleet.places { #expect(try run.fleet[place].isRunning) }
                    try await withThrowingTaskGroup { group in
                        for broker in cluster.brokers { group.addTask { try await cluster.restart(broker) } }
                        try await group.waitForAll()
                    }
                }
            }
        }

        @Test func connectionsThatBreak() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                let topics = try topics(on: cluster)
                let proxy = cluster.proxy(of: 1)
                try await FaultRun.run("broken connections", on: topics, workers: 2, settings: Self.settings) { run in
                    for _ in 0..<FaultRun.rounds {
                        proxy.cutConnections()
                        run.happened("connections to the broker cut")
                        try await run.pause(0...2)
                        proxy.delay(.milliseconds(Int.random(in: 50...400, using: &run.random)))
                        run.happened("connections to the broker slow")
                        try await run.pause(1...3)
                        proxy.delay(.zero)
                        proxy.stall()
                        run.happened("connections to the broker silent")
                        try await run.pause(1...4)
                        proxy.unstall()
                        proxy.refuse()
                        run.happened("broker not reachable")
                        try await run.pause(1...3)
                        proxy.accept()
                        try await run.pause(1...2)
                    }
                }
            }
        }

        /// What it decided nobody hears: the outcome of a commit is not known then, for instance.
        @Test func answersThatAreLost() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                let topics = try topics(on: cluster)
                let proxy = cluster.proxy(of: 1)
                try await FaultRun.run("lost answers", on: topics, workers: 2, settings: Self.settings) { run in
                    let keys = Self.decisiveKeys.shuffled(using: &run.random) + [KafkaAPIKey.endTransaction]
                    for key in keys.suffix(FaultRun.rounds + 1) {
                        let drops = proxy.drops
                        proxy.dropResponses(ofAPIKey: key, count: 1)
                        try await proxy.waitForDrops(drops + 1)
                        run.happened("answer to a request of kind \(key) lost")
                        try await run.pause(0...1)
                        proxy.cutConnections()
                        try await run.pause(1...4)
                    }
                }
            }
        }
    }
}
