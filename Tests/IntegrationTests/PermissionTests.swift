internal import Foundation
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

        private static func credentials(_ password: String) -> [String] {
            [
                "kafka.security.protocol=sasl_plaintext", "kafka.sasl.mechanism=PLAIN", "kafka.sasl.username=worker",
                "kafka.sasl.password=\(password)",
            ]
        }

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
                    try await allow("Read", ["--topic", topics.jobs], on: cluster)
                    let check = try await run("check", topics, api, Self.credentials("open sesame"))
                    #expect(check.status == 0, "\(check.output)")
                    try await withWorker(topics, api: api, settings: Self.credentials("open sesame")) { worker in
                        _ = try await topics.replies(10)
                        try await worker.endInOrder()
                    }
                }
                try await expectEachAnsweredOnce(topics, 10)
                try await expectThatReplayIsRefused(topics)
            }
        }

        /// All that a replay needs but Write on the job topic: brokers say so only while it writes.
        private func expectThatReplayIsRefused(_ topics: TestTopics) async throws {
            try await topics.publish([topics.deadLetter(11, partition: 0)])
            let credentials = Self.credentials("open sesame").flatMap { ["--set", $0] }
            let refused = try await topics.replay(credentials)
            #expect(refused.status == 77, "\(refused.errors)")
            #expect(refused.errors.contains { $0.contains("Write on \(topics.jobs)") }, "\(refused.errors)")
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
