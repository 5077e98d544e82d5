internal import Foundation
internal import QueryWorker
internal import TestSupport
internal import Testing
internal import WeChat

extension OnRealKafka {
    /// What comes to the topic while workers run, and what must not come to it.
    @Suite struct CredentialTopicEventsTests {
        private static let component = CredentialTopicFixture.component

        /// Neither a restart nor a key of the configuration: the event alone.
        @Test func merchantWhoAuthorisesWhileTwoRunIsServed() async throws {
            let topics = try TestTopics(partitions: 2)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                let platform =
                    CredentialTopicFixture.platform + ["--merchant-code", "\(Self.component)/wxnew1=c0de"]
                try await withSimulator(platform) { simulator in
                    try await fixture.publishTicket()
                    try await withWorkers(2, topics, api: simulator.url, secret: nil, settings: fixture.settings) {
                        workers in
                        for worker in workers { try await worker.waitForLine(containing: #""owned":1"#) }
                        try await fixture.publish(
                            plain: .authorizedByCode(
                                component: Self.component, account: "wxnew1", authorizationCode: "c0de"))
                        try await topics.publish([
                            topics.job(1, account: "wxnew1", partition: 0),
                            topics.job(2, account: "wxnew1", partition: 1),
                        ])
                        let replies = try await topics.replies(2)
                        #expect(replies.allSatisfy { $0.outcome == "succeeded" })
                        #expect(try await simulator.currentStatistics().api_query_auth.calls == 1)
                        for worker in workers { try await worker.endInOrder() }
                        try await fixture.expectNoSecret(saidBy: workers)
                    }
                }
            }
        }

        /// What WeChat refuses, and what the merchant takes back, reaches instances that do not refresh, with the reason.
        @Test func authorisationThatIsNoMoreIsAnsweredByAll() async throws {
            let topics = try TestTopics(partitions: 2)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                let platform = CredentialTopicFixture.platform + ["--merchant", "\(Self.component)/wxm1=refresh-wxm1"]
                try await withSimulator(platform) { simulator in
                    try await fixture.publishTicket()
                    // Refused by WeChat, whose list has another account only.
                    try await fixture.publish(
                        plain: .authorizedByRefreshToken(
                            component: Self.component, account: "wxgone1", refreshToken: "stale"))
                    try await withWorkers(2, topics, api: simulator.url, secret: nil, settings: fixture.settings) {
                        workers in
                        for worker in workers { try await worker.waitForLine(containing: #""owned":1"#) }
                        try await topics.publish(
                            (0..<2).map { topics.job($0, account: "wxgone1", partition: Int32($0)) })
                        let replies = try await topics.replies(2)
                        #expect(replies.map(\.kind) == ["reauthorize", "reauthorize"])
                        try await topics.publish(
                            (2..<4).map { topics.job($0, account: "wxm1", partition: Int32($0 - 2)) })
                        let served = try await topics.replies(4)
                        #expect(served.count { $0.outcome == "succeeded" } == 2)
                        try await fixture.publish(plain: .unauthorized(component: Self.component, account: "wxm1"))
                        for worker in workers {
                            try await worker.waitForLine(containing: #""event":"unauthorized""#)
                        }
                        try await topics.publish(
                            (4..<6).map { topics.job($0, account: "wxm1", partition: Int32($0 - 4)) })
                        let all = try await topics.replies(6)
                        #expect(all.count { $0.kind == "reauthorize" } == 4)
                        for worker in workers { try await worker.endInOrder() }
                        try await fixture.expectNoSecret(saidBy: workers)
                    }
                }
            }
        }

        /// Foreign and damaged records, a key that is another than its id says, one that comes later: nothing of it is
        /// taken for more than it is, nor shown, at the level that says most.
        @Test func whatCannotBeReadIsTakenForNothingAndRotationReadsIt() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                let platform = CredentialTopicFixture.platform + ["--merchant", "\(Self.component)/wxm1=refresh-wxm1"]
                try await withSimulator(platform) { simulator in
                    try await fixture.publish(key: "ticket/component-wxother1", value: Array("{\"type\":\"tick".utf8))
                    try await fixture.publish(key: "something", value: Array("else".utf8))
                    try await fixture.publish(key: "token/account-wxm1", value: Array(#"{"type":"token"}"#.utf8))
                    try await fixture.publish(
                        .event(
                            .authorizedByRefreshToken(
                                component: Self.component, account: "wxm1", refreshToken: "refresh-wxm1"),
                            receivedAt: nil))
                    // Sealed with a key that the workers get later.
                    try fixture.writeKeys(["second"])
                    try await fixture.publish(
                        .event(.ticket(component: Self.component, ticket: "t1cket"), receivedAt: nil))
                    try fixture.writeKeys(["first"], areWrong: true)
                    let settings = fixture.settings + ["log.level=trace", "kafka.debug=all"]
                    try await withWorker(topics, api: simulator.url, secret: nil, settings: settings) { worker in
                        let wrong = try await worker.waitForLine(containing: "does not open").text
                        #expect(wrong.contains("authorization/account-wxm1") && wrong.contains("the key first of"))
                        let missing = try await worker.waitForLine(containing: "with key second").text
                        #expect(missing.contains("credentials.key.file") && missing.contains("it has keys first"))
                        try await topics.publish([topics.job(1, account: "wxm1")])
                        try fixture.writeKeys(["second", "first"])
                        try await worker.waitForLine(containing: #""message":"credential keys read""#)
                        let reply = try await topics.replies(1)
                        #expect(reply.first?.outcome == "succeeded", "\(reply.first?.text ?? "")")
                        try await worker.endInOrder()
                        let log = try String(contentsOfFile: worker.logPath, encoding: .utf8)
                        // Each once, though all was read twice.
                        #expect(log.components(separatedBy: "credential record skipped").count == 1 + 5)
                        #expect(log.components(separatedBy: "\n").count > 1_000)
                        try await fixture.expectNoSecret(saidBy: [worker])
                    }
                    // The merchant's authorisation was read in time: WeChat's list was not needed.
                    #expect(try await simulator.currentStatistics().api_get_authorizer_list.calls == 0)
                }
                #expect(try await fixture.records().generations[.account("wxm1")] == [1])
            }
        }

        /// What was known of the old one counts no more: its offsets mean other records.
        @Test func topicThatIsMadeAnewIsReadAnew() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                let platform =
                    CredentialTopicFixture.platform + [
                        "--merchant", "\(Self.component)/wxm1=refresh-wxm1", "--rotate-refresh-tokens",
                        "--refresh-grace", "0s",
                    ]
                try await withSimulator(platform) { simulator in
                    try await fixture.publishTicket()
                    try await withWorker(topics, api: simulator.url, secret: nil, settings: fixture.settings) {
                        worker in
                        try await topics.publish([topics.job(1, account: "wxm1")])
                        #expect(try await topics.replies(1).first?.outcome == "succeeded")
                        try await fixture.makeTopicAnew()
                        try await worker.waitForLine(containing: #""message":"credential topic begins anew""#)
                        try await fixture.publishTicket()
                        try await simulator.set(["--merchant-code", "\(Self.component)/wxm2=c0de"])
                        try await fixture.publish(
                            plain: .authorizedByCode(
                                component: Self.component, account: "wxm2", authorizationCode: "c0de"))
                        try await worker.waitForLine(containing: #""event":"authorized""#)
                        try await topics.publish([topics.job(2, account: "wxm2"), topics.job(3, account: "wxm1")])
                        let replies = try await topics.replies(3)
                        #expect(replies.allSatisfy { $0.outcome == "succeeded" }, "\(replies.map(\.text))")
                        try await worker.endInOrder()
                    }
                    let generations = try await fixture.records().generations
                    #expect(generations[.account("wxm2")] == [1], "\(generations)")
                }
            }
        }

        struct WrongTopic: CustomTestStringConvertible {
            let partitions: Int32
            var policy = "compact"
            let found: String
            let remedy: String

            var testDescription: String { "\(partitions) partitions, \(policy)" }
        }

        /// Each is told what is wrong, and the command that mends it. `check` says it in the same words.
        @Test(arguments: [
            WrongTopic(partitions: 1, policy: "delete", found: "has cleanup.policy=delete", remedy: "--alter --topic"),
            WrongTopic(
                partitions: 1, policy: "compact,delete", found: "has cleanup.policy=compact,delete",
                remedy: "--alter --topic"),
            WrongTopic(partitions: 2, found: "has 2 partitions", remedy: "delete it"),
            WrongTopic(partitions: 0, found: "does not exist", remedy: "--create --topic"),
        ])
        func topicThatWouldNotDoIsRefused(_ topic: WrongTopic) async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(
                    topics, directory: directory, partitions: topic.partitions,
                    configuration: ["cleanup.policy": topic.policy])
                for command in topic.partitions == 0 ? ["run", "check"] : ["run"] {
                    let arguments = topics.arguments(
                        api: "http://127.0.0.1:9", secret: nil, settings: fixture.settings)
                    try await withChildProcess(.product("query-worker"), arguments: [command] + arguments) { process in
                        let status = try await process.waitForExit()
                        #expect(status == 78)
                        let line = process.lines.first { $0.text.contains(topic.found) }?.text ?? ""
                        #expect(line.contains(fixture.topic) && line.contains(topic.remedy), "\(line)")
                        #expect(line.contains("cleanup.policy=compact"), "\(line)")
                    }
                }
            }
        }
    }
}
