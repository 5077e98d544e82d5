internal import TestSupport
internal import Testing

extension OnKafkaCluster {
    /// What the probes say when brokers fail. While they wait, `/livez` is looked at too.
    @Suite struct BrokerProbesTests {
        @Test func brokersThatAreAwayAndPartitionsThatStandStillAreNamedUntilTheyAreBack() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                var topics = try TestTopics(partitions: 1, bootstrap: cluster.directBootstrap)
                topics.workerBootstrap = cluster.bootstrap
                let proxy = cluster.proxy(of: 1)
                let settings = ["stuck.after=6s", "kafka.socket.timeout.ms=2000"]
                try await withSimulator { simulator in
                    proxy.refuse()
                    try await withProbedWorker(topics, api: simulator.url, settings: settings) { worker, admin in
                        try await brokersThatAreAway(admin, proxy)
                        try await partitionsThatStandStill(topics, admin, proxy)
                        try await worker.endInOrder()
                    }
                }
                try await expectEachAnsweredOnce(topics, 20)
            }
        }

        private func brokersThatAreAway(_ admin: AdminClient, _ proxy: TCPProxy) async throws {
            while try await admin.wait(for: "starting") != "looks at the topics" {}
            proxy.accept()
            try await admin.waitUntilReady()
            // They hang, with open connections.
            proxy.stall()
            try await admin.wait(for: "no_broker")
            proxy.unstall()
            try await admin.waitUntilReady()
        }

        private func partitionsThatStandStill(
            _ topics: TestTopics, _ admin: AdminClient, _ proxy: TCPProxy
        ) async throws {
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
        }
    }
}
