internal import TestSupport
internal import Testing

extension OnKafkaCluster {
    /// Partitions that stand still are seen, told of, and, if nothing else helps, ended.
    @Suite struct WatchdogTests {
        /// The broker takes requests for records and never answers them; everything else works.
        @Test func partitionThatNoLongerFetchesIsAssignedAnewAndThenEnded() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                var topics = try TestTopics(partitions: 2, bootstrap: cluster.directBootstrap)
                topics.workerBootstrap = cluster.bootstrap
                let settings = ["stuck.after=4s"]
                try await withSimulator { simulator in
                    try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                        try await topics.publishJobs(1...10)
                        _ = try await topics.replies(10)
                        cluster.proxy(of: 1).dropResponses(ofAPIKey: KafkaAPIKey.fetch)
                        // The request that was waiting already would bring jobs published before.
                        try await cluster.proxy(of: 1).waitForDrops(1)
                        try await topics.publishJobs(11...20)
                        try await worker.waitForLine(containing: "all are assigned anew", timeout: .seconds(30))
                        let status = try await worker.waitForExit(timeout: .seconds(30))
                        #expect(status == 75)
                        #expect(worker.lines.last?.text.contains("fetches nothing") == true)
                    }
                    cluster.proxy(of: 1).stopDropping()
                    try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                        _ = try await topics.replies(20)
                        try await worker.endInOrder()
                    }
                }
                try await expectEachAnsweredOnce(topics, 20)
            }
        }

        /// Replies that cannot be published: work that is there and does not get done.
        @Test func partitionThatGetsNothingDoneIsReportedUntilItMoves() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                var topics = try TestTopics(partitions: 1, bootstrap: cluster.directBootstrap)
                topics.workerBootstrap = cluster.bootstrap
                let settings = ["stuck.after=2s", "kafka.socket.timeout.ms=3000"]
                try await withSimulator { simulator in
                    try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                        try await worker.waitForLine(containing: #""message":"assigned""#)
                        cluster.proxy(of: 1).dropResponses(ofAPIKey: KafkaAPIKey.produce)
                        try await topics.publishJobs(1...10)
                        let line = try await worker.waitForLine(containing: "partition stuck", timeout: .seconds(20))
                        #expect(line.text.contains(#""jobs":10"#), "\(line.text)")
                        cluster.proxy(of: 1).stopDropping()
                        try await worker.waitForLine(containing: "partition moves again", timeout: .seconds(30))
                        _ = try await topics.replies(10)
                        try await worker.endInOrder()
                    }
                }
                try await expectEachAnsweredOnce(topics, 10)
            }
        }

        /// Replies wait in memory while the brokers are away, and are all there when they come back.
        @Test(.disabled(if: isSanitized, "a sanitizer's own memory would be measured"))
        func memoryStaysFlatWhileTheBrokersAreAway() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                var topics = try TestTopics(partitions: 4, bootstrap: cluster.directBootstrap)
                topics.workerBootstrap = cluster.bootstrap
                try await topics.publishLargeJobs(1...40_000, padding: 2_000)
                try await withSimulator(["--latency", "5ms"]) { simulator in
                    let settings = ["memory.max=64MiB", "kafka.socket.timeout.ms=3000"]
                    try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                        _ = try await topics.replies(2_000)
                        try await cluster.kill(1)
                        try await expectFlatMemory(of: worker, during: "brokers away, 80 MB of jobs waiting")
                        try await cluster.restart(1)
                        _ = try await topics.replies(40_000)
                        try await worker.endInOrder()
                    }
                }
                try await expectEachAnsweredOnce(topics, 40_000)
            }
        }
    }
}
