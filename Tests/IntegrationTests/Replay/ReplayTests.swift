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
                dry.output.last
                    == "10 read, 5 matched, 5 would be replayed, 0 already replayed, 0 cut, 0 too large, 0 foreign")
            #expect(dry.output.first?.contains("\(topics.deadLetters)/1/0 from \(topics.jobs)/1/1 ") == true)
            #expect(try await topics.allJobs().isEmpty)

            let byError = try await topics.replay("--error", "early", "--partition", "1")
            #expect(
                byError.output == ["10 read, 2 matched, 2 replayed, 0 already replayed, 0 cut, 0 too large, 0 foreign"])
            #expect(Set(try await topics.allJobs().map(\.text)) == Set([1, 3].map { text(topics, $0) }))
            let old = try await topics.replay("--until", "1h")
            #expect(old.output == ["10 read, 0 matched, 0 replayed, 0 already replayed, 0 cut, 0 too large, 0 foreign"])
            let limited = try await topics.replay("--error=late", "--limit", "1", "--json")
            #expect(limited.output.last?.contains(#""replayed":1,"#) == true)
            let recent = try await topics.replay("--since", "1h", "--partition=1")
            #expect(recent.status == 0)
            let all = try await topics.replay()
            #expect(all.status == 0, "\(all.errors)")
            let again = try await topics.replay()
            #expect(
                again.output == ["10 read, 10 matched, 0 replayed, 10 already replayed, 0 cut, 0 too large, 0 foreign"])

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
                    #expect(
                        first.output == [
                            "4 read, 3 matched, 2 replayed, 0 already replayed, 1 cut, 0 too large, 1 foreign"
                        ])
                    #expect(first.errors.contains { $0.contains("its value was cut: \(topics.deadLetters)/0/1 ") })
                    let replies = try await topics.replies(3)
                    #expect(replies.count { $0.jobID == "job-1" && $0.outcome == "succeeded" } == 1)
                    #expect(replies.count { $0.kind == "invalid_job" } == 2)
                    let second = try await topics.replay("--limit", "1")
                    #expect(
                        second.output == [
                            "5 read, 4 matched, 1 replayed, 2 already replayed, 1 cut, 0 too large, 1 foreign"
                        ])
                    _ = try await topics.replies(4)
                    try await worker.endInOrder()
                }
            }
        }

        /// Killed, asked to stop, or overtaken by another one while it writes: the next goes on, and nothing comes twice.
        @Test func killedStoppedAndRivalRunsReplayEachOnce() async throws {
            let topics = try TestTopics(partitions: 3)
            let count = 15_000
            try await topics.publish((0..<count).map { topics.deadLetter($0, partition: Int32($0 % 3)) })
            let killed = try await topics.withReplayUnderWay { process in
                process.kill()
                return try await process.waitForExit()
            }
            #expect(killed == 137)
            var written = try await topics.allJobs().count
            #expect(1 < written && written < count)
            try await topics.withReplayUnderWay { process in
                process.terminate()
                let status = try await process.waitForExit()
                #expect(status == 143)
                #expect(process.lines(of: .standardOutput).contains { $0.hasSuffix(" too large, 0 foreign") })
            }
            written = try await topics.allJobs().count
            #expect(written < count)
            try await topics.withReplayUnderWay { process in
                process.suspend()
                let rival = try await topics.replay()
                #expect(rival.status == 0, "\(rival.errors)")
                process.resume()
                let status = try await process.waitForExit()
                #expect(status == 70)
                let errors = process.lines(of: .standardError)
                #expect(errors.contains { $0.contains("another query-worker replay") }, "\(errors)")
            }
            let last = try await topics.replay()
            let summary = "\(count) read, \(count) matched, 0 replayed, \(count) already replayed, "
            #expect(last.output == [summary + "0 cut, 0 too large, 0 foreign"], "\(last.errors)")
            let jobs = try await topics.allJobs()
            #expect(jobs.count == count)
            #expect(Set(jobs.map(\.key)).count == count)
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

        /// A marker behind each, as in a topic that workers write.
        @Test func memoryClosesOverMarkersCutAndForeignOnes() async throws {
            let topics = try TestTopics(partitions: 1)
            var letters = (0..<12).map { topics.deadLetter($0, partition: 0, reason: $0 % 2 == 0 ? "even" : "odd") }
            letters[5].headers.append(KafkaHeader(DeadLetter.cutHeader, "900000"))
            letters[8] = KafkaRecord(topic: topics.deadLetters, value: [1])
            try await topics.publishInTransactions(letters)
            let odd = try await topics.replay("--error", "odd")
            #expect(odd.output == ["12 read, 6 matched, 5 replayed, 0 already replayed, 1 cut, 0 too large, 1 foreign"])
            let all = try await topics.replay()
            #expect(
                all.output == ["12 read, 11 matched, 5 replayed, 5 already replayed, 1 cut, 0 too large, 1 foreign"])
            let memory = try #require(try await topics.replayMemory())
            #expect(memory.metadata == "r1:" && memory.offset == 23)
        }

        /// Brokers refuse a batch as a whole; and of one letter that is too large no other may suffer.
        @Test func lettersLargerThanTheJobTopicTakesAreLeftAlone() async throws {
            let topics = try TestTopics(partitions: 1, jobConfiguration: ["max.message.bytes": "20000"])
            var letters = (0..<301).map { topics.deadLetter($0, partition: 0) }
            for index in letters.indices {
                letters[index].value = [UInt8](repeating: 7, count: index == 100 ? 30_000 : 1_000)
            }
            try await topics.publish(letters)
            let first = try await topics.replay()
            #expect(
                first.output == [
                    "301 read, 301 matched, 300 replayed, 0 already replayed, 0 cut, 1 too large, 0 foreign"
                ],
                "\(first.errors)")
            #expect(first.errors.contains { $0.contains("too large for \(topics.jobs): \(topics.deadLetters)/0/100 ") })
            let second = try await topics.replay()
            #expect(
                second.output == [
                    "301 read, 301 matched, 0 replayed, 300 already replayed, 0 cut, 1 too large, 0 foreign"
                ])
            #expect(try await topics.allJobs().count == 300)
        }

        @Test func listThatCannotBeWrittenIsNoSuccess() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publish([topics.deadLetter(1, partition: 0)])
            let program = try BuildProducts.executable(named: "query-worker")
            let arguments = ["-c", #"exec "$@" > /dev/full"#, "sh", program] + topics.replayArguments(["--dry-run"])
            try await withChildProcess(.path("/bin/sh"), arguments: arguments) { process in
                let status = try await process.waitForExit()
                #expect(status == 70)
                #expect(process.lines(of: .standardError).contains { $0.contains("standard output") })
            }
        }

        /// Every second one of a long topic.
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
            #expect(all.output == [summary + "0 cut, 0 too large, 0 foreign"])
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
