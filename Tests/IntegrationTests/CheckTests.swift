internal import Foundation
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    @Suite struct CheckTests {
        /// What one run of `query-worker check` came to.
        private struct Outcome {
            let status: Int32
            let lines: [String]

            var text: String { lines.joined(separator: "\n") }

            /// The line about `subject`, with single spaces.
            func line(_ subject: String) -> String? {
                lines.map { $0.split(separator: " ").joined(separator: " ") }.first {
                    $0.split(separator: " ", maxSplits: 1).last?.hasPrefix(subject + " ") == true
                }
            }
        }

        private func check(
            _ topics: TestTopics, api: String, settings: [String] = [], json: Bool = false
        ) async throws -> Outcome {
            let arguments = topics.arguments(api: api, settings: settings) + (json ? ["--json"] : [])
            return try await withChildProcess(.product("query-worker"), arguments: ["check"] + arguments) { process in
                let status = try await process.waitForExit(timeout: .seconds(60))
                #expect(!process.lines.contains { $0.text.contains(SimulatorProcess.secret) })
                return Outcome(status: status, lines: process.lines(of: .standardOutput))
            }
        }

        @Test func findsNothingWrongAndLeavesNothingToRead() async throws {
            let topics = try TestTopics(partitions: 2)
            try await topics.publishJobs(1...5)
            try await withSimulator { simulator in
                let before = try await ends(of: topics)
                // Another name of linger.ms, by which a record would be sent at once.
                let outcome = try await check(topics, api: simulator.url, settings: ["kafka.queue.buffering.max.ms=0"])
                #expect(outcome.status == 0, "\(outcome.text)")
                #expect(outcome.lines.last == "Ready to run, 1 warning.")
                #expect(outcome.line("brokers") == "ok brokers 1 broker: \(topics.bootstrap)")
                #expect(
                    outcome.line("topic \(topics.jobs)")?.hasSuffix("2 partitions, max.message.bytes 1048588") == true)
                #expect(outcome.line("group \(topics.group)")?.contains("nothing committed yet") == true)
                #expect(outcome.line("group \(topics.group)")?.hasSuffix("lag 5 records, 0 members") == true)
                for topic in [topics.replies, topics.otherReplies, topics.deadLetters] {
                    #expect(outcome.line("write \(topic)") == "ok write \(topic) permitted")
                }
                try await expectNoTrace(of: topics, endsBefore: before)
                let statistics = try await simulator.statistics()
                #expect(statistics.stable_token.calls == 1)
                #expect(statistics.applycodequery.calls == 0)
            }
        }

        /// Ends of all partitions, the records of open transactions included.
        private func ends(of topics: TestTopics) async throws -> [KafkaTopicPartition: Int64] {
            try await onOwnThread {
                let admin = try KafkaAdmin(
                    properties: ["bootstrap.servers": topics.bootstrap, "isolation.level": "read_uncommitted"])
                var ends: [KafkaTopicPartition: Int64] = [:]
                for topic in [topics.jobs, topics.replies, topics.otherReplies, topics.deadLetters] {
                    for number in 0..<Int32(topics.partitions) {
                        let partition = KafkaTopicPartition(topic: topic, partition: number)
                        ends[partition] = try admin.offsets(of: partition, timeout: .seconds(20)).end
                    }
                }
                return ends
            }
        }

        private func expectNoTrace(
            of topics: TestTopics, endsBefore before: [KafkaTopicPartition: Int64]
        ) async throws {
            // The abort of the transactions in which no record was written leaves a marker, which no reader sees.
            let markers = [topics.replies, topics.otherReplies, topics.deadLetters]
            for (partition, end) in try await ends(of: topics) {
                let grown = end - (before[partition] ?? 0)
                #expect(grown == 0 || (grown == 1 && markers.contains(partition.topic)), "\(partition): \(grown)")
            }
            // No worker wrote there, and what comes now is no reply.
            ReplyTopics.remove(markers)
            try await topics.publish(
                markers.map { KafkaRecord(topic: $0, partition: 0, value: Array("the first".utf8)) })
            try await onOwnThread {
                let properties = ["bootstrap.servers": topics.bootstrap]
                for topic in markers {
                    let reader = try KafkaReader(
                        properties: properties.merging(["isolation.level": "read_uncommitted"]) { $1 }, topic: topic,
                        partitions: 1)
                    let first = reader.read(timeout: .seconds(20)) { $0.value }
                    #expect(first == Array("the first".utf8), "\(topic)")
                }
                let admin = try KafkaAdmin(properties: properties)
                let partitions = before.keys.filter { $0.topic == topics.jobs }
                let committed = try admin.committedOffsets(of: topics.group, partitions: partitions, stable: true)
                #expect(committed.allSatisfy { $0.offset == nil })
                #expect(try admin.memberCount(of: topics.group) == 0)
            }
        }

        @Test func namesTheCommandThatCreatesAMissingTopicAndLooksAtTheRest() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                let outcome = try await check(
                    topics, api: simulator.url,
                    settings: [
                        "replies.topic=\(topics.replies)-gone", "account.\(SimulatorProcess.account).secret=wrong",
                    ])
                // Before the 77 of the wrong secret.
                #expect(outcome.status == 78, "\(outcome.text)")
                let line = try #require(outcome.line("topic \(topics.replies)-gone"))
                #expect(line.hasPrefix("failed"))
                #expect(
                    line.contains(
                        "kafka-topics.sh --bootstrap-server \(topics.bootstrap) --create --topic \(topics.replies)-gone"
                    ))
                #expect(outcome.line("write \(topics.replies)-gone")?.hasPrefix("skipped") == true)
                #expect(outcome.line("write \(topics.deadLetters)")?.hasPrefix("ok") == true)
                #expect(outcome.line("account \(SimulatorProcess.account)")?.hasPrefix("failed") == true)
            }
        }

        @Test func saysWhatToDoAboutAWrongSecret() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                let outcome = try await check(
                    topics, api: simulator.url, settings: ["account.\(SimulatorProcess.account).secret=hunter2-wrong"])
                #expect(outcome.status == 77, "\(outcome.text)")
                let line = try #require(outcome.line("account \(SimulatorProcess.account)"))
                #expect(line.contains("credentials (errcode 40001)"), "\(line)")
                #expect(line.contains("put the account's AppSecret into account.\(SimulatorProcess.account).secret"))
                #expect(!outcome.text.contains("hunter2"))
            }
        }

        @Test func givesUpOnBrokersThatDoNotAnswerAndStillAsksForTheToken() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                let start = ContinuousClock.now
                // Nothing listens on port 1.
                let outcome = try await check(
                    topics, api: simulator.url, settings: ["kafka.bootstrap.servers=127.0.0.1:1"])
                #expect(outcome.status == 70, "\(outcome.text)")
                #expect(ContinuousClock.now - start < .seconds(20))
                #expect(outcome.line("brokers")?.contains("Connection refused") == true, "\(outcome.text)")
                #expect(outcome.line("topic \(topics.jobs)")?.hasPrefix("skipped") == true)
                #expect(outcome.line("account \(SimulatorProcess.account)")?.hasPrefix("ok") == true)
            }
        }

        @Test func refusesForeignMetadata() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...5)
            try await onOwnThread {
                let offset = KafkaOffset(
                    KafkaTopicPartition(topic: topics.jobs, partition: 0), offset: 2, metadata: "of another program")
                try KafkaAdmin(properties: ["bootstrap.servers": topics.bootstrap]).commitOffsets(
                    [offset], of: topics.group)
            }
            try await withSimulator { simulator in
                let refused = try await check(topics, api: simulator.url)
                #expect(refused.status == 78)
                let line = try #require(refused.line("group \(topics.group)"))
                #expect(line.hasPrefix("failed") && line.contains("set ledger.foreign=ignore"), "\(line)")
                let ignored = try await check(topics, api: simulator.url, settings: ["ledger.foreign=ignore"])
                #expect(ignored.status == 0, "\(ignored.text)")
                #expect(ignored.line("group \(topics.group)")?.hasPrefix("warning") == true)
            }
        }

        @Test func warnsOfATopicWithASmallerLimitThanTheJobTopic() async throws {
            let topics = try TestTopics(partitions: 1, replyConfiguration: ["max.message.bytes": "20000"])
            try await withSimulator { simulator in
                let settings = ["delivery=at-least-once"]
                let outcome = try await check(topics, api: simulator.url, settings: settings, json: true)
                #expect(outcome.status == 0, "\(outcome.text)")
                let report = try JSONDecoder().decode(Report.self, from: Data(outcome.text.utf8))
                let topic = try #require(report.findings.first { $0.subject == "topic \(topics.replies)" })
                #expect(topic.status == "warning")
                #expect(topic.remedy?.contains("--add-config max.message.bytes=1048588") == true)
                #expect(report.findings.first { $0.subject == "write \(topics.replies)" }?.status == "skipped")
                #expect(report.exit_code == 0 && report.failed == 0 && report.warning == 3)
            }
        }

        private struct Report: Decodable {
            struct Finding: Decodable {
                let status: String
                let subject: String
                let remedy: String?
            }

            let findings: [Finding]
            let failed: Int
            let warning: Int
            let exit_code: Int
        }

        @Test func disturbsNoWorkerBesideIt() async throws {
            let topics = try TestTopics(partitions: 4)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    try await worker.waitForLine(containing: #""message":"assigned""#)
                    try await topics.publishJobs(1...200)
                    // With the worker's own instance.id, as an operator would check its configuration.
                    let outcome = try await check(topics, api: simulator.url)
                    #expect(outcome.status == 0, "\(outcome.text)")
                    #expect(outcome.line("group \(topics.group)")?.hasSuffix("1 member") == true, "\(outcome.text)")
                    try await topics.publishJobs(201...400)
                    #expect(Set(try await topics.replies(400).compactMap(\.jobID)).count == 400)
                    let second = try await check(topics, api: simulator.url)
                    let group = try #require(second.line("group \(topics.group)"))
                    #expect(group.contains("offsets committed for 4 of 4 partitions"), "\(group)")
                    try await expectNoCommitByStrangers(topics)
                    worker.terminate()
                    #expect(try await worker.waitForExit() == 0)
                    let log = worker.lines.map(\.text)
                    #expect(log.count { $0.contains(#""message":"assigned""#) } == 1)
                    // The one at its end comes with the shut-down.
                    let end = log.firstIndex { $0.contains(#""message":"signal received""#) } ?? log.endIndex
                    #expect(!log[..<end].contains { $0.contains(#""message":"revoked""#) })
                    #expect(!log.contains { $0.contains("producer replaced") || $0.contains("FENCED") })
                }
            }
        }

        /// The brokers take an admin's offsets only for a group without members.
        private func expectNoCommitByStrangers(_ topics: TestTopics) async throws {
            try await onOwnThread {
                let offset = KafkaOffset(KafkaTopicPartition(topic: topics.jobs, partition: 0), offset: 0)
                do throws(KafkaError) {
                    try KafkaAdmin(properties: ["bootstrap.servers": topics.bootstrap]).commitOffsets(
                        [offset], of: topics.group)
                    Issue.record("offsets were committed for a group with a member")
                } catch { #expect(error.code == .unknownMember) }
            }
        }
    }
}
