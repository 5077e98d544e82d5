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
                    }
                }
            }
        }

        /// What WeChat refuses, and what the merchant takes back, reaches instances that do not refresh, with the reason.
        @Test func authorisationThatIsNoMoreIsAnsweredByAll() async throws {
            let topics = try TestTopics(partitions: 2)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                let platform = CredentialTopicFixture.platform + ["--merchant", "\(Self.component)/wxm1=r0"]
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
                    }
                }
            }
        }

        @Test func whatCannotBeReadIsTakenForNothingAndRotationReadsIt() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                let platform = CredentialTopicFixture.platform + ["--merchant", "\(Self.component)/wxm1=r0"]
                try await withSimulator(platform) { simulator in
                    try await fixture.publish(key: "ticket/component-wxother1", value: Array("{\"type\":\"tick".utf8))
                    try await fixture.publish(key: "something", value: Array("else".utf8))
                    try await fixture.publish(key: "token/account-wxm1", value: Array(#"{"type":"token"}"#.utf8))
                    // Sealed with a key that the workers get later.
                    try fixture.writeKeys(["second"])
                    let ticket = CredentialTopicRecord.event(
                        .ticket(component: Self.component, ticket: "t1cket"), receivedAt: nil)
                    try await fixture.publish(
                        key: ticket.key.text, value: try ticket.encode(sealedWith: try fixture.keys))
                    try fixture.writeKeys(["first"])
                    try await withWorker(topics, api: simulator.url, secret: nil, settings: fixture.settings) {
                        worker in
                        let missing = try await worker.waitForLine(containing: "with key second").text
                        #expect(missing.contains("credentials.key.file") && missing.contains("first"))
                        try await topics.publish([topics.job(1, account: "wxm1")])
                        try fixture.writeKeys(["second", "first"])
                        try await worker.waitForLine(containing: #""message":"credential keys read""#)
                        let reply = try await topics.replies(1)
                        #expect(reply.first?.outcome == "succeeded", "\(reply.first?.text ?? "")")
                        let text = worker.lines.map(\.text).joined(separator: "\n")
                        #expect(text.components(separatedBy: "credential record skipped").count == 5)
                        #expect(!text.contains("t1cket") && !text.contains("r0\""))
                        try await worker.endInOrder()
                    }
                }
                let sealed = try await fixture.records().contains {
                    if case .token = $0 { true } else { false }
                }
                #expect(sealed)
            }
        }

        @Test(arguments: [
            (["cleanup.policy": "delete"], "--alter --topic"),
            (["cleanup.policy": "compact,delete"], "--alter --topic"),
        ])
        func topicThatForgetsIsRefused(_ configuration: [String: String], _ remedy: String) async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory, configuration: configuration)
                try await withWorker(topics, api: "http://127.0.0.1:9", secret: nil, settings: fixture.settings) {
                    worker in
                    let status = try await worker.waitForExit()
                    #expect(status == 78)
                    let last = worker.lines.last?.text ?? ""
                    #expect(last.contains(remedy) && last.contains("cleanup.policy=compact"), "\(last)")
                }
            }
        }
    }
}
