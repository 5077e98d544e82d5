internal import Foundation
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// `query-worker submit` beside workers that answer.
    @Suite struct SubmitTests {
        @Test func oneJobIsAnsweredByteForByteAndFilesLineByLine() async throws {
            let topics = try TestTopics(partitions: 2)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let one = try await topics.submit(["--application-id", "581865870", "--job-id", "one"])
                    #expect(one.status == 0, "\(one.notices)")
                    #expect(one.has("1 job published: 1 succeeded"))
                    let reply = try #require(try await topics.replies(1).first)
                    #expect(one.replies == [reply.text])
                    #expect(reply.jobID == "one")
                    #expect(reply.key == Array("581865870".utf8))

                    try await expectFailuresToBeTold(topics)
                    try await expectLinesToBeAnswered(topics)
                    try await worker.endInOrder()
                }
            }
        }

        private func expectFailuresToBeTold(_ topics: TestTopics) async throws {
            let unknown = try await topics.submit(["--application-id", "581865404"])
            #expect(unknown.status == 1)
            #expect(unknown.replies.count == 1)
            #expect(unknown.has("not_found: ") && unknown.has("; check the id"), "\(unknown.notices)")

            let late = try await topics.submit(
                ["--isv-application-id", "x", "--deadline", "2020-01-01T00:00:00Z", "--key", "k"])
            #expect(late.status == 1)
            #expect(late.replies.first?.contains(#""kind":"expired""#) == true)
            #expect(late.has("later deadline"), "\(late.notices)")
        }

        /// More jobs than may wait at once, with names and without, of ids that floating point would spoil.
        private func expectLinesToBeAnswered(_ topics: TestTopics) async throws {
            let ids = (0..<300).map { UInt64.max - $0 * 10 }
            let lines = ids.enumerated().map { index, id in
                index.isMultiple(of: 2)
                    ? #"{"application_id":\#(id)}"# : #"{"job_id":"job-\#(index)", "application_id":"\#(id)", "x":[1]}"#
            }
            try await withTemporaryFile(lines.joined(separator: "\r\n")) { file in
                let run = try await topics.submit(["--file", file, "--max-waiting", "20"])
                #expect(run.status == 0, "\(run.notices)")
                let objects = try run.replies.map { reply in
                    try #require(try JSONSerialization.jsonObject(with: Data(reply.utf8)) as? [String: Any])
                }
                #expect(Set(objects.compactMap { $0["job_id"] as? String }).count == 300)
                let answered = run.replies.compactMap { reply in
                    reply.range(of: #""result":{"application_id":"#).flatMap {
                        UInt64(reply[$0.upperBound...].prefix { $0.isNumber })
                    }
                }
                #expect(answered.sorted() == ids.sorted())

                // The same again, with a line that is none: of a file nothing is published.
                try await withTemporaryFile(lines[0] + "\n\nno job\n" + lines[1]) { bad in
                    let run = try await topics.submit(["--file", bad])
                    #expect(run.status == 65)
                    #expect(run.replies.isEmpty)
                    #expect(run.has("line 3: not valid JSON") && run.has("none was published"), "\(run.notices)")

                    let program = try BuildProducts.executable(named: "query-worker")
                    let shell = ["-c", #"cat "$0" | "$@""#, bad, program] + topics.submitArguments(["-"])
                    let piped = try await withChildProcess(.path("/bin/sh"), arguments: shell) { process in
                        let processStatus = try await process.waitForExit()
                        #expect(processStatus == 65)
                        return process.lines
                    }
                    #expect(piped.count { $0.stream == .standardOutput } == 2)
                    #expect(piped.contains { $0.text.contains("not published: line 3: not valid JSON") })
                }
            }
        }

        /// The test is the worker here: it aborts a reply first, as a dying worker would, and answers another submitter.
        @Test func onlyTheCommittedReplyOfItsOwnJobIsTaken() async throws {
            let topics = try TestTopics(partitions: 2)
            // The test's own are no whole replies.
            ReplyTopics.remove([topics.replies])
            try await topics.withSubmit(["--application-id", "1"]) { submit in
                try await topics.withSubmit(["--application-id", "2"]) { other in
                    let jobs = try await topics.jobs(2)
                    let job = try #require(jobs.first { $0.key == Array("1".utf8) })
                    let second = try #require(jobs.first { $0.key == Array("2".utf8) })
                    #expect(Set([job, second].map { $0.header("correlation-id") }).count == 2)
                    try await topics.answer(job, outcome: "aborted", commits: false)
                    try await topics.answer(second, outcome: "failed", commits: true)
                    let otherStatus = try await other.waitForExit()
                    #expect(otherStatus == 1)
                    #expect(submit.isRunning)
                    try await topics.answer(job, outcome: "succeeded", commits: true)
                    let submitStatus = try await submit.waitForExit()
                    #expect(submitStatus == 0)
                    #expect(submit.lines(of: .standardOutput) == [#"{"outcome":"succeeded"}"#])
                    #expect(other.lines(of: .standardOutput) == [#"{"outcome":"failed"}"#])
                }
            }
        }
    }
}

extension TestTopics {
    /// Reads the job topic until there are `count`.
    fileprivate func jobs(_ count: Int) async throws -> [Reply] {
        let limit = ContinuousClock.now + .seconds(30)
        while .now < limit {
            let found = try await allRecords(in: jobs) { Reply($0) }
            if found.count >= count { return found }
        }
        return []
    }

    /// Writes what might be a reply, in a transaction.
    fileprivate func answer(_ job: Reply, outcome: String, commits: Bool) async throws {
        let record = KafkaRecord(
            topic: replies, key: job.key, value: Array(#"{"outcome":"\#(outcome)"}"#.utf8), headers: job.headers)
        try await onOwnThread { [bootstrap, group] in
            let producer = try KafkaProducer(properties: [
                "bootstrap.servers": bootstrap, "transactional.id": "\(group)-test", "retry.backoff.ms": "10",
            ])
            defer { producer.close() }
            try producer.initTransactions(timeout: .seconds(30))
            try producer.beginTransaction()
            try producer.produce(record)
            _ = try producer.awaitDeliveries(timeout: .seconds(30))
            if commits {
                try producer.commitTransaction(timeout: .seconds(30))
            } else {
                try producer.abortTransaction(timeout: .seconds(30))
            }
        }
    }
}
