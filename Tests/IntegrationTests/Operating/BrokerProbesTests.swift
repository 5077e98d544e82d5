internal import TestSupport
internal import Testing

extension OnKafkaCluster {
    /// What the probes say when brokers fail. While they wait, `/livez` is looked at too.
    @Suite struct BrokerProbesTests {
        @Test func brokersThatAreAwayAtTheStartAndLater() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                let topics = try TestTopics(partitions: 1, bootstrap: cluster.directBootstrap)
                try await withSimulator { simulator in
                    cluster.suspend(1)
                    try await withProbedWorker(topics, api: simulator.url) { worker, admin in
                        #expect(try await admin.wait(for: "starting") == "looks at the topics")
                        cluster.resume(1)
                        try await admin.waitUntilReady()
                        // Hangs, with open connections.
                        cluster.suspend(1)
                        try await admin.wait(for: "no_broker")
                        cluster.resume(1)
                        try await admin.waitUntilReady()
                        // Gone.
                        try await cluster.kill(1)
                        try await admin.wait(for: "no_broker")
                        try await cluster.restart(1)
                        try await admin.waitUntilReady()
                        try await topics.publishJobs(1...10)
                        _ = try await topics.replies(10)
                        try await worker.endInOrder()
                    }
                }
                try await expectEachAnsweredOnce(topics, 10)
            }
        }

        @Test func partitionsThatStandStill() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                var topics = try TestTopics(partitions: 1, bootstrap: cluster.directBootstrap)
                topics.workerBootstrap = cluster.bootstrap
                let proxy = cluster.proxy(of: 1)
                let settings = ["stuck.after=4s", "kafka.socket.timeout.ms=3000"]
                try await withSimulator { simulator in
                    try await withProbedWorker(topics, api: simulator.url, settings: settings) { worker, admin in
                        try await admin.waitUntilReady()
                        // Replies cannot be published.
                        proxy.dropResponses(ofAPIKey: KafkaAPIKey.produce)
                        try await topics.publishJobs(1...10)
                        try await admin.wait(for: "not_publishing")
                        #expect(try await admin.wait(for: "partition_stuck").hasSuffix(": 0"))
                        proxy.stopDropping()
                        try await admin.waitUntilReady()
                        _ = try await topics.replies(10)
                        // Records are not fetched.
                        let drops = proxy.drops
                        proxy.dropResponses(ofAPIKey: KafkaAPIKey.fetch)
                        try await proxy.waitForDrops(drops + 1)
                        try await topics.publishJobs(11...20)
                        #expect(try await admin.wait(for: "partition_silent").hasSuffix(": 0"))
                        proxy.stopDropping()
                        try await admin.waitUntilReady()
                        _ = try await topics.replies(20)
                        try await worker.endInOrder()
                    }
                }
                try await expectEachAnsweredOnce(topics, 20)
            }
        }
    }
}
