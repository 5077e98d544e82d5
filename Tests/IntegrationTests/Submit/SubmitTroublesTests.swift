internal import Glibc
internal import TestSupport
internal import Testing

/// What a new user may meet who tries `query-worker submit`: each says what is wrong, and what to do.
@Suite struct SubmitWithoutBrokerTests {
    @Test func noBrokerIsToldWithItsAddress() async throws {
        // A port that no broker has.
        let arguments = [
            "submit", "--set", "kafka.bootstrap.servers=127.0.0.1:1", "--application-id", "1", "--timeout", "1s",
        ]
        try await withChildProcess(.product("query-worker"), arguments: arguments) { submit in
            let submitStatus = try await submit.waitForExit()
            #expect(submitStatus == 70)
            let text = submit.lines.map(\.text).joined(separator: "\n")
            #expect(text.contains("no broker answers at 127.0.0.1:1"), "\(text)")
            #expect(text.contains("Connection refused") && text.contains("check kafka.bootstrap.servers"), "\(text)")
        }
    }

    @Test func withoutBrokersInTheConfigurationItAsksForThem() async throws {
        let arguments = ["submit", "--application-id", "1"]
        try await withChildProcess(.product("query-worker"), arguments: arguments) { submit in
            let submitStatus = try await submit.waitForExit()
            #expect(submitStatus == 78)
            let text = submit.lines.map(\.text).joined(separator: "\n")
            #expect(text.contains("kafka.bootstrap.servers: is not set"))
            #expect(text.contains("1 problem in the configuration"), "\(text)")
        }
    }
}

extension OnRealKafka {
    @Suite struct SubmitTroublesTests {
        /// A full disk is told; whoever has closed the pipe wants to hear no more.
        @Test(arguments: [("> /dev/full", 70, true), ("| true", 141, false)])
        func repliesThatCannotBeWrittenEndIt(output: String, status: Int32, isTold: Bool) async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let command = try BuildProducts.executable(named: "query-worker")
                    let script = "\"$0\" \"$@\" \(output); exit ${PIPESTATUS[0]}"
                    try await withChildProcess(
                        .path("/bin/bash"),
                        arguments: ["-c", script, command] + topics.submitArguments(["--application-id", "1"])
                    ) { submit in
                        let submitStatus = try await submit.waitForExit()
                        #expect(submitStatus == status)
                        let text = submit.lines.map(\.text).joined(separator: "\n")
                        #expect(text.contains("could not be written to standard output: No space left") == isTold)
                    }
                    try await worker.endInOrder()
                }
            }
        }

        @Test func aTopicThatIsNotThereIsNamedWithTheCommandThatCreatesIt() async throws {
            let topics = try TestTopics(partitions: 1)
            for key in ["jobs", "replies"] {
                let run = try await topics.submit(["--application-id", "1"], settings: ["\(key).topic=nowhere"])
                #expect(run.status == 78)
                #expect(run.has("topic nowhere: does not exist"), "\(run.notices)")
                #expect(run.has("--set \(key).topic=NAME"), "\(run.notices)")
                #expect(run.has("kafka-topics.sh --bootstrap-server \(topics.bootstrap) --create --topic nowhere"))
            }
            #expect(try await topics.endOffset(of: topics.jobs) == 0)
        }

        @Test func withNoWorkerRunningItSaysSo() async throws {
            let topics = try TestTopics(partitions: 1)
            let run = try await topics.submit(["--application-id", "1", "--job-id", "J", "--timeout", "1s"])
            #expect(run.status == 2)
            #expect(run.replies.isEmpty)
            #expect(run.has("no worker of group \(topics.group) is running; start one: query-worker run"))
            #expect(run.has("job J: no reply within 1s") && run.has("1 without a reply"), "\(run.notices)")
        }

        @Test func withNoReplyAtAllNoMoreIsPublished() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryFile(String(repeating: #"{"application_id":1}"# + "\n", count: 10)) { file in
                let run = try await topics.submit(["--file", file, "--timeout", "1s", "--max-waiting", "4"])
                #expect(run.status == 2)
                #expect(run.has("what follows line 4 is not published"), "\(run.notices)")
            }
            #expect(try await topics.endOffset(of: topics.jobs) == 4)
        }

        /// The worker answers on a topic that nobody reads here.
        @Test func withWorkersElsewhereItTellsWhatTheyDo() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    try await topics.publishJobs(1...1)
                    _ = try await topics.replies(1)
                    try await topics.waitForCommit(ofEnd: 1)
                    let run = try await topics.submit(
                        ["--application-id", "1", "--timeout", "1s"],
                        settings: ["replies.topic=\(topics.otherReplies)"])
                    #expect(run.status == 2)
                    #expect(run.has("1 worker of group \(topics.group), and nothing"), "\(run.notices)")
                    #expect(run.has("do they publish their replies to \(topics.otherReplies)"), "\(run.notices)")
                    try await worker.endInOrder()
                }
            }
        }

        @Test func interruptedItNamesWhatIsOutstanding() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.withSubmit(["--application-id", "1", "--job-id", "J"]) { submit in
                while try await topics.endOffset(of: topics.jobs) == 0 {}
                submit.send(signal: SIGINT)
                let submitStatus = try await submit.waitForExit()
                #expect(submitStatus == 130)
                let text = submit.lines.map(\.text).joined(separator: "\n")
                #expect(text.contains("job J: no reply until now"), "\(text)")
            }
        }

        @Test func whoDoesNotWaitIsToldWhatIsPublished() async throws {
            let topics = try TestTopics(partitions: 1)
            let large = String(repeating: "x", count: 1_100_000)
            let lines = [
                #"{"application_id":1}"#, #"{"job_id":"large","isv_application_id":"\#(large)"}"#,
                #"{"application_id":2}"#,
            ]
            try await withTemporaryFile(lines.joined(separator: "\n")) { file in
                // Longer lines than the topic takes.
                let run = try await topics.submit(
                    ["--file", file, "--no-wait"], settings: ["kafka.message.max.bytes=2000000"])
                #expect(run.status == 2)
                #expect(run.has("job large was not published to \(topics.jobs): MSG_SIZE_TOO_LARGE"), "\(run.notices)")
                #expect(run.has("2 jobs published (correlation-id "), "\(run.notices)")
            }
            #expect(try await topics.endOffset(of: topics.jobs) == 2)
        }
    }
}
