internal import Foundation
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Clients that share no code with the worker ask and get their replies. Before each asks, a job and a forged reply with
    /// its correlation id were written by a transaction that was aborted: nobody must see them.
    @Suite(.needsKafkaJars) struct IndependentClientsTests {
        private static let heading = "### Ask, and wait for the reply"
        private static let python = PackageFolder.path + "/Tests/python.sh"

        @Test func pythonOfTheReadmeAsksAndGets() async throws {
            let program = try ReadmePrograms.program(in: "python", under: Self.heading)
            try await expectAnswer { topics in
                try await withTemporaryFile(program) { file in
                    try await output(.path(Self.python), [file, topics.bootstrap, topics.jobs, topics.replies, "a1"])
                }
            }
        }

        @Test func javaOfTheReadmeAsksAndGets() async throws {
            let program = try ReadmePrograms.program(in: "java", under: Self.heading)
            try await expectAnswer { topics in
                try await withTemporaryDirectory { folder in
                    let file = folder + "/Ask.java"
                    try program.write(toFile: file, atomically: true, encoding: .utf8)
                    return try await java([file, topics.bootstrap, topics.jobs, topics.replies, "a1"])
                }
            }
        }

        @Test func kafkasConsoleToolsAskAndGet() async throws {
            try await expectAnswer { topics in
                let job = #"correlation-id:a1\torder-1\t{"job_id":"a1","application_id":"581865877"}\n"#
                let classes = "\(try #require(KafkaJars.folder))/*"
                let producer =
                    "org.apache.kafka.tools.ConsoleProducer --bootstrap-server \(topics.bootstrap) --topic \(topics.jobs) "
                    + "--reader-property parse.headers=true --reader-property parse.key=true"
                let command = "printf '\(job)' | exec java -XX:TieredStopAtLevel=1 -cp '\(classes)' \(producer)"
                _ = try await output(.path("/bin/bash"), ["-c", command])
                return try await java([
                    "org.apache.kafka.tools.consumer.ConsoleConsumer", "--bootstrap-server", topics.bootstrap,
                    "--topic", topics.replies, "--from-beginning", "--isolation-level", "read_committed",
                    "--max-messages", "1",
                ])
            }
        }

        @Test func clientLikeSpringsTemplateAsksAndGets() async throws {
            let topics = try TestTopics(partitions: 3)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let said = try await java([
                        PackageFolder.path + "/Tests/clients/ReplyingClient.java", topics.bootstrap, topics.jobs,
                        topics.otherReplies, "2", topics.deadLetters,
                    ])
                    #expect(said == ["20 replies", "1 dead letter"])
                    try await worker.endInOrder()
                }
            }
            let replies = try await topics.allReplies(in: topics.otherReplies)
            #expect(replies.count == 20)
            #expect(replies.allSatisfy { $0.partition == 2 && $0.outcome == "succeeded" })
            // The broken record asked for no topic of its own.
            #expect(try await topics.allReplies().map(\.kind) == ["invalid_job"])
        }

        /// Has the job `a1` asked by a client that prints its reply.
        private func expectAnswer(to ask: (TestTopics) async throws -> [String]) async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishAborted([
                topics.job(7),
                KafkaRecord(
                    topic: topics.replies, value: Array("forged".utf8), headers: [KafkaHeader("correlation-id", "a1")]),
            ])
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let printed = try await ask(topics)
                    let replies = try await topics.replies(1)
                    #expect(printed == replies.map(\.text))
                    #expect(replies.first?.jobID == "a1")
                    #expect(replies.first?.outcome == "succeeded")
                    #expect(replies.first?.key == Array("order-1".utf8))
                    try await worker.endInOrder()
                }
            }
            #expect(try await topics.allReplies().count == 1)
            // Both are there for a reader that does not care.
            #expect(try await topics.uncommittedValues(in: topics.replies).first == "forged")
            #expect(try await topics.uncommittedValues(in: topics.jobs).first?.contains("job-7") == true)
        }

        /// A class of Kafka's, or a source file, which is compiled on the way.
        private func java(_ arguments: [String]) async throws -> [String] {
            let classes = "\(try #require(KafkaJars.folder))/*"
            let java = try #require(KafkaJars.java)
            return try await output(.path(java), ["-XX:TieredStopAtLevel=1", "-cp", classes] + arguments)
        }

        /// What a program prints on standard output.
        private func output(_ program: ChildProcess.Executable, _ arguments: [String]) async throws -> [String] {
            try await withChildProcess(program, arguments: arguments) { process in
                // The first run ever of Python installs its packages.
                let status = try await process.waitForExit(timeout: .seconds(180))
                #expect(status == 0, "\(process.lines.map(\.text))")
                return process.lines(of: .standardOutput)
            }
        }
    }
}
