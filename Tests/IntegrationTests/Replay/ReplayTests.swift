internal import Kafka
internal import QueryWorker
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Dead letters brought back by `query-worker replay`.
    @Suite struct ReplayTests {
        @Test func eachFilterBringsBackItsOwnAndADryRunNothing() async throws {
            let topics = try TestTopics(partitions: 2)
            try await topics.publish(
                (0..<10).map { topics.deadLetter($0, partition: Int32($0 % 2), reason: $0 < 4 ? "early" : "late") })
            let dry = try await topics.replay("--dry-run", "--partition", "1")
            #expect(dry.status == 0, "\(dry.errors)")
            #expect(dry.output.count == 6)
            #expect(
                dry.output.last == "10 read, 5 matched, 5 would be replayed, 0 already replayed, 0 cut, 0 foreign")
            #expect(dry.output.first?.contains("\(topics.deadLetters)/1/0 from \(topics.jobs)/1/1 ") == true)
            #expect(try await topics.allJobs().isEmpty)

            let byError = try await topics.replay("--error", "early", "--partition", "1")
            #expect(byError.output == ["10 read, 2 matched, 2 replayed, 0 already replayed, 0 cut, 0 foreign"])
            #expect(Set(try await topics.allJobs().map(\.text)) == Set([1, 3].map { text(topics, $0) }))
            let old = try await topics.replay("--until", "1h")
            #expect(old.output == ["10 read, 0 matched, 0 replayed, 0 already replayed, 0 cut, 0 foreign"])
            let limited = try await topics.replay("--error=late", "--limit", "1", "--json")
            #expect(limited.output.last?.contains(#""replayed":1,"#) == true)
            let recent = try await topics.replay("--since", "1h", "--partition=1")
            #expect(recent.status == 0)
            let all = try await topics.replay()
            #expect(all.status == 0, "\(all.errors)")
            let again = try await topics.replay()
            #expect(again.output == ["10 read, 10 matched, 0 replayed, 10 already replayed, 0 cut, 0 foreign"])

            let jobs = try await topics.allJobs()
            #expect(jobs.map(\.text).sorted() == (0..<10).map { text(topics, $0) }.sorted())
            for job in jobs { #expect(job.headers.map(\.name) == ["trace"]) }
        }

        private func text(_ topics: TestTopics, _ number: Int) -> String {
            String(decoding: topics.job(number).value ?? [], as: UTF8.self)
        }

        /// Refused by a worker, replayed, refused again as a new dead letter; a good one is answered.
        @Test func replayedRecordsAreAnsweredAndCutOrForeignOnesStay() async throws {
            let topics = try TestTopics(partitions: 1)
            var cut = topics.deadLetter(2, partition: 0)
            cut.headers.append(KafkaHeader(DeadLetter.cutHeader, "900000"))
            let foreign = KafkaRecord(topic: topics.deadLetters, value: [1])
            try await topics.publish([topics.deadLetter(1, partition: 0), cut, foreign])
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    try await topics.publish([KafkaRecord(topic: topics.jobs, key: [9], value: Array("noise".utf8))])
                    _ = try await topics.replies(1)
                    let first = try await topics.replay()
                    #expect(first.output == ["4 read, 3 matched, 2 replayed, 0 already replayed, 1 cut, 1 foreign"])
                    #expect(first.errors.contains { $0.contains("its value was cut: \(topics.deadLetters)/0/1 ") })
                    let replies = try await topics.replies(3)
                    #expect(replies.count { $0.jobID == "job-1" && $0.outcome == "succeeded" } == 1)
                    #expect(replies.count { $0.kind == "invalid_job" } == 2)
                    let second = try await topics.replay("--limit", "1")
                    #expect(second.output == ["5 read, 4 matched, 1 replayed, 2 already replayed, 1 cut, 1 foreign"])
                    _ = try await topics.replies(4)
                    try await worker.endInOrder()
                }
            }
        }

        /// Killed at any moment, also beside another one: a run is back at once, and nothing comes twice.
        @Test func killedAndRivalRunsReplayEachOnce() async throws {
            let topics = try TestTopics(partitions: 3)
            let count = 9_000
            try await topics.publish(
                (0..<count).map { topics.deadLetter($0, partition: Int32($0 % 3)) })
            let seed = UInt64.random(in: 0 ... .max)
            var generator = SeededGenerator(seed: seed)
            var killed = 0
            for round in 0..<6 {
                let arguments = topics.replayArguments(round % 2 == 0 ? ["--partition", "\(round % 3)"] : [])
                let moment = Duration.milliseconds(Int.random(in: 500...1_800, using: &generator))
                try await withChildProcess(.product("query-worker"), arguments: arguments) { process in
                    // Whether it has ended by then is left to chance.
                    if (try? await process.waitForExit(timeout: moment)) == nil { killed += 1 }
                }
            }
            let written = try await topics.allJobs().count
            print("replay: \(killed) of 6 runs killed, \(written) of \(count) replayed by then, seed \(seed)")
            let arguments = topics.replayArguments([])
            let rivals = try (0..<2).map { _ in try ChildProcess(.product("query-worker"), arguments: arguments) }
            for rival in rivals {
                let status = try await rival.waitForExit()
                #expect([0, 70].contains(status), "\(rival.lines.map(\.text))")
            }
            let last = try await topics.replay()
            #expect(last.status == 0, "seed \(seed): \(last.errors)")
            let jobs = try await topics.allJobs()
            #expect(jobs.count == count, "seed \(seed)")
            #expect(Set(jobs.map(\.key)).count == count, "seed \(seed)")
        }

        @Test func memoryOfAnotherProgramIsRefused() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publish([topics.deadLetter(1, partition: 0)])
            let partition = KafkaTopicPartition(topic: topics.deadLetters, partition: 0)
            try await onOwnThread {
                try topics.admin().commitOffsets([KafkaOffset(partition, offset: 0)], of: topics.group + "-replay")
            }
            let refused = try await topics.replay()
            #expect(refused.status == 78)
            #expect(refused.errors.contains { $0.contains("--delete-offsets") })
            #expect(try await topics.allJobs().isEmpty)
        }

        /// Every second one of a long topic, in a topic with a marker after every batch.
        @Test func memoryThatWouldBeTooLargeEndsTheRunAndSaysWhatToDo() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publish(
                (0..<3_400).map { topics.deadLetter($0, partition: 0, reason: $0 % 2 == 0 ? "even" : "odd") })
            let scattered = try await topics.replay("--error", "odd")
            #expect(scattered.status == 70)
            #expect(scattered.errors.contains { $0.contains("Replay what lies between first") }, "\(scattered.errors)")
            let replayed = try await topics.allJobs().count
            #expect((1_500..<1_700).contains(replayed))
            let all = try await topics.replay()
            let summary = "3400 read, 3400 matched, \(3400 - replayed) replayed, \(replayed) already replayed, "
            #expect(all.output == [summary + "0 cut, 0 foreign"])
            #expect(Set(try await topics.allJobs().map(\.key)).count == 3_400)
        }

        @Test func whatIsMissingIsNamedWithWhatToDo() async throws {
            let topics = try TestTopics(partitions: 1)
            let missing = try await topics.replay("--set", "deadletter.topic=nowhere")
            #expect(missing.status == 78)
            #expect(missing.errors.contains { $0.contains("--create --topic nowhere") })
            let off = try await topics.replay("--set", "deadletter.topic=")
            #expect(off.status == 78)
            #expect(off.errors.contains { $0.contains("turned off") })
            #expect(try await topics.replay("--since", "soon").status == 64)
            #expect(try await topics.replay("--dry-run", "--set", "kafka.bootstrap.servers=127.0.0.1:1").status == 70)
        }
    }
}
