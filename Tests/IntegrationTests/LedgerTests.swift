internal import Foundation
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// What is done travels in the metadata of the committed offset: read back, refused, or overtaken by the log itself.
    @Suite struct LedgerTests {
        @Test func oneHangingJobAndThirtyThousandDoneBehindItAreRemembered() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...30_001)
            try await withSimulator(["--latency", "5ms", "--hang-id", "580000010=10m"]) { simulator in
                // A short session: until it ends, the killed member keeps its partition.
                let settings = ["api.timeout=10m", "job.timeout=1h", "kafka.session.timeout.ms=6000"]
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    _ = try await topics.replies(30_000)
                    try await topics.waitForCommit(ofEnd: 30_001)
                    worker.kill()
                    try await worker.waitForExit()
                }
            }
            let committed = try #require(try await topics.committedOffsets().first)
            print("30,000 jobs done behind a hanging one: committed \(committed.offset ?? -1), \(committed.metadata)")
            #expect(committed.offset == 0)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    _ = try await topics.replies(30_001)
                    try await worker.endInOrder()
                }
                // Only the one that was not done is asked for again.
                let calls = try await simulator.statistics().applycodequery.calls
                #expect(calls == 1)
            }
            try await expectEachAnsweredOnce(topics, 30_001)
        }

        @Test(arguments: ["{\"another\":\"program\"}", "v1:////", "v9:AAAA"])
        func metadataThatIsNotOursStopsTheWorkerUnlessItIsToBeIgnored(metadata: String) async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...10)
            try await onOwnThread {
                try topics.admin().commitOffsets(
                    [KafkaOffset(topics.jobPartition, offset: 4, metadata: metadata)], of: topics.group)
            }
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let status = try await worker.waitForExit()
                    #expect(status == 78)
                    #expect(worker.lines.last?.text.contains("ledger.foreign=ignore") == true)
                }
                #expect(try await topics.allReplies().isEmpty)
                try await withWorker(topics, api: simulator.url, settings: ["ledger.foreign=ignore"]) { worker in
                    _ = try await topics.replies(6)
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 6)
        }

        /// Retention has deleted what was not read yet: the worker goes on at what is left, and says so.
        @Test func committedOffsetBeforeTheLogsBeginning() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...100)
            try await withSimulator { simulator in
                try await answerAll(100, topics, simulator)
                try await topics.publishJobs(101...200)
                try await onOwnThread {
                    try topics.admin().deleteRecords(of: topics.jobPartition, before: 150)
                }
                try await withWorker(topics, api: simulator.url) { worker in
                    try await worker.waitForLine(containing: "offset out of range")
                    _ = try await topics.replies(150)
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 150)
        }

        /// Offsets of another log mean other records: nothing that was known of the old one may be believed.
        @Test func topicThatWasMadeAnew() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...100)
            try await withSimulator { simulator in
                try await answerAll(100, topics, simulator)
                try await topics.makeJobsTopicAnew()
                try await topics.publishJobs(1001...1020)
                // The brokers forget a group's offsets with the topic; a mirrored or a truncated one keeps them.
                try await onOwnThread {
                    try topics.admin().commitOffsets([KafkaOffset(topics.jobPartition, offset: 100)], of: topics.group)
                }
                try await withWorker(topics, api: simulator.url) { worker in
                    try await worker.waitForLine(containing: "the partition began anew")
                    let replies = try await topics.replies(120)
                    #expect(Set(replies.compactMap(\.jobID)).count == 120)
                    try await worker.endInOrder()
                }
            }
            #expect(try await topics.allReplies().count == 120)
        }

        /// Publishers with transactions leave markers between the records, and at the end; what they aborted is no job.
        @Test func markersOfTransactionsAreNoLag() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    try await onOwnThread {
                        let producer = try KafkaProducer(properties: [
                            "bootstrap.servers": topics.bootstrap, "transactional.id": topics.group + "-publisher",
                        ])
                        defer { producer.close() }
                        try producer.initTransactions(timeout: .seconds(20))
                        for number in 1...20 {
                            try producer.beginTransaction()
                            try producer.produce(topics.job(number))
                            _ = try producer.awaitDeliveries(timeout: .seconds(20))
                            if number.isMultiple(of: 4) {
                                try producer.abortTransaction(timeout: .seconds(20))
                            } else {
                                try producer.commitTransaction(timeout: .seconds(20))
                            }
                        }
                    }
                    let replies = try await topics.replies(15)
                    #expect(replies.allSatisfy { $0.outcome == "succeeded" })
                    // 20 records and 20 markers.
                    try await topics.waitForCommit(ofEnd: 40)
                    try await worker.endInOrder()
                }
            }
            let committed = try #require(try await topics.committedOffsets().first)
            #expect(committed.offset == 40)
            #expect(committed.metadata.isEmpty)
            try await expectEachAnsweredOnce(topics, 15)
        }

        /// A worker's whole life, from start to an end in order.
        private func answerAll(_ jobs: Int, _ topics: TestTopics, _ simulator: SimulatorProcess) async throws {
            try await withWorker(topics, api: simulator.url) { worker in
                _ = try await topics.replies(jobs)
                try await worker.endInOrder()
            }
        }
    }
}
