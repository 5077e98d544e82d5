internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

extension OnKafkaCluster {
    /// Brokers that ask who is there and check what he may do.
    @Suite struct PermissionTests {
        /// Tests come by the direct listener, as super-users; workers by the other one, with a password.
        private static let properties = [
            "listener.security.protocol.map": "DIRECT:PLAINTEXT,PROXIED:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "listener.name.proxied.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.proxied.plain.sasl.jaas.config":
                #"org.apache.kafka.common.security.plain.PlainLoginModule required user_worker="open sesame";"#,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
        ]

        private static let user = [
            "kafka.security.protocol=sasl_plaintext", "kafka.sasl.mechanism=PLAIN", "kafka.sasl.username=worker",
        ]

        private static func credentials(_ password: String) -> [String] { user + ["kafka.sasl.password=\(password)"] }

        @Test func whatIsRefusedEndsWith77AndWhatTheReadmeAsksForIsEnough() async throws {
            try await withKafkaCluster(brokers: 1, properties: Self.properties) { cluster in
                var topics = try TestTopics(partitions: 2, bootstrap: cluster.directBootstrap)
                topics.workerBootstrap = cluster.bootstrap
                try await topics.publishJobs(1...10)
                try await withSimulator { simulator in
                    let api = simulator.url
                    try await expectRefusal(topics, api, Self.credentials("wrong"), says: "sasl")
                    func refused(_ says: String) async throws {
                        try await expectRefusal(topics, api, Self.credentials("open sesame"), says: says)
                    }
                    try await refused("TOPIC_AUTHORIZATION_FAILED")
                    try await allow("Describe", ["--topic", topics.jobs], on: cluster)
                    let written = [topics.replies, topics.otherReplies, topics.deadLetters]
                    try await allow("Write", written.flatMap { ["--topic", $0] }, on: cluster)
                    try await refused("TRANSACTIONAL_ID_AUTHORIZATION_FAILED")
                    let ids = ["--transactional-id", topics.group + "-", "--resource-pattern-type", "prefixed"]
                    try await allow("Write", ids, on: cluster)
                    try await refused("GROUP_AUTHORIZATION_FAILED")
                    let groups = ["--group", topics.group, "--group", topics.group + "-replay"]
                    try await allow("Read", groups + ["--topic", topics.deadLetters], on: cluster)
                    try await refused("TOPIC_AUTHORIZATION_FAILED")
                    try await allow("Read", ["--topic", topics.jobs, "--topic", topics.credentials], on: cluster)
                    try await expectThatCheckIsContent(topics, api)
                    try await withWorker(topics, api: api, settings: Self.credentials("open sesame")) { worker in
                        _ = try await topics.replies(10)
                        try await worker.endInOrder()
                    }
                }
                try await expectEachAnsweredOnce(topics, 10)
                try await expectThatReplayIsRefused(topics)
            }
        }

        /// A rotated password, wrong at first, while connections are cut.
        @Test func passwordThatChangesWhileItRunsIsTakenByAllItsClients() async throws {
            let properties = Self.properties.merging(["super.users": "User:ANONYMOUS;User:worker"]) { $1 }
            try await withKafkaCluster(brokers: 1, properties: properties) { cluster in
                var topics = try TestTopics(partitions: 2, bootstrap: cluster.directBootstrap)
                topics.workerBootstrap = cluster.bootstrap
                try await withTemporaryFile("open sesame") { file in
                    let settings =
                        Self.user + ["kafka.sasl.password.file=\(file)", "kafka.reconnect.backoff.max.ms=200"]
                    try await withSimulator { simulator in
                        try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                            try await topics.publishJobs(1...10)
                            _ = try await topics.replies(10)
                            try await change("shut sesame", in: file, of: worker)
                            // Connections that stand need no password.
                            try await topics.publishJobs(11...20)
                            _ = try await topics.replies(20)
                            cluster.proxy(of: 1).cutConnections()
                            try await worker.waitForLine(containing: "Authentication failed")
                            try await topics.publishJobs(21...30)
                            try await change("open sesame", in: file, of: worker)
                            _ = try await topics.replies(30)
                            try await worker.endInOrder()
                            #expect(!worker.lines.contains { $0.text.contains("sesame") })
                        }
                    }
                }
                try await expectEachAnsweredOnce(topics, 30)
            }
        }

        private func change(_ password: String, in file: String, of worker: ChildProcess) async throws {
            try password.write(toFile: file, atomically: true, encoding: .utf8)
            let last = worker.lines.last?.number ?? 0
            worker.send(signal: SIGHUP)
            let line = try await worker.waitForLine(containing: "configuration read again", from: last + 1)
            #expect(line.text.contains("kafka.sasl.password.file"), "\(line.text)")
        }

        /// All that a replay needs but Write on the job topic: brokers say so only while it writes.
        private func expectThatReplayIsRefused(_ topics: TestTopics) async throws {
            try await topics.publish([topics.deadLetter(11, partition: 0)])
            let credentials = Self.credentials("open sesame").flatMap { ["--set", $0] }
            let refused = try await topics.replay(credentials)
            #expect(refused.status == 77, "\(refused.errors)")
            #expect(refused.errors.contains { $0.contains("Write on \(topics.jobs)") }, "\(refused.errors)")
        }

        /// It says what it cannot see: DescribeConfigs on the credential topic is missing, which only warns.
        private func expectThatCheckIsContent(_ topics: TestTopics, _ api: String) async throws {
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                let settings = Self.credentials("open sesame") + fixture.storeSettings
                let check = try await run("check", topics, api, settings)
                #expect(check.status == 0, "\(check.output)")
                let line = check.output.split(separator: "\n").first { $0.contains("topic \(fixture.topic)") } ?? ""
                #expect(line.hasPrefix("warning") && line.contains("may not be read"), "\(check.output)")
                #expect(line.contains("grant DescribeConfigs"), "\(line)")
            }
        }

        private func expectRefusal(
            _ topics: TestTopics, _ api: String, _ settings: [String], says: String
        ) async throws {
            for command in ["run", "check"] {
                let (status, output) = try await run(command, topics, api, settings)
                #expect(status == 77, "\(command): \(output)")
                #expect(output.contains(says), "\(command): \(output)")
                #expect(!output.contains("open sesame"))
            }
        }

        private func run(
            _ command: String, _ topics: TestTopics, _ api: String, _ settings: [String]
        ) async throws -> (status: Int32, output: String) {
            let arguments = [command] + topics.arguments(api: api, settings: settings)
            return try await withChildProcess(.product("query-worker"), arguments: arguments) { process in
                let status = try await process.waitForExit()
                return (status, process.lines.map(\.text).joined(separator: "\n"))
            }
        }

        private func allow(_ operation: String, _ resources: [String], on cluster: KafkaCluster) async throws {
            let arguments = [
                "-cp", "\(KafkaJars.folder ?? "")/*", "org.apache.kafka.tools.AclCommand", "--bootstrap-server",
                cluster.directBootstrap, "--add", "--allow-principal", "User:worker", "--operation", operation,
            ]
            try await withChildProcess(.path(KafkaJars.java ?? ""), arguments: arguments + resources) { process in
                let status = try await process.waitForExit()
                #expect(status == 0, "\(process.lines.map(\.text))")
            }
        }
    }
}
