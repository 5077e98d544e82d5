internal import Foundation
internal import TestSupport
internal import Testing
internal import WeChat

extension OnRealKafka {
    /// A platform's workers on any number of hosts, with nothing between them but Kafka.
    @Suite struct CredentialTopicTests {
        private static let jobs = 10_000

        @Test func threeInstancesRefreshFiftyMerchantsOnceEach() async throws {
            let topics = try TestTopics(partitions: 6)
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                let merchants = (1...50).map { "wxm" + String(repeating: "0", count: 8 - "\($0)".count) + "\($0)" }
                try await topics.publish((1...Self.jobs).map { topics.job($0, account: merchants[$0 % 50]) })
                let platform =
                    CredentialTopicFixture.platform + [
                        "--merchants", "\(CredentialTopicFixture.component)=50", "--rotate-refresh-tokens",
                        "--refresh-grace", "0s", "--latency", "5ms",
                    ]
                try await withSimulator(platform) { simulator in
                    try await fixture.publishTicket()
                    try await withWorkers(3, topics, api: simulator.url, secret: nil, settings: fixture.settings) {
                        workers in
                        let replies = try await topics.replies(Self.jobs)
                        let failed = replies.filter { $0.outcome != "succeeded" || $0.attempts != 1 }
                        #expect(failed.isEmpty, "\(failed.first?.text ?? "")")
                        let statistics = try await simulator.currentStatistics()
                        #expect(statistics.api_component_token.calls == 1)
                        #expect(statistics.api_authorizer_token.calls == 50)
                        #expect(merchants.allSatisfy { statistics.accounts[$0]?.refreshes == 1 })
                        let generations = try await fixture.records().generations
                        #expect(generations.count == 51)
                        #expect(generations.values.allSatisfy { $0.count == 1 })
                        for worker in workers { try await worker.endInOrder() }
                    }
                }
                try await expectEachAnsweredOnce(topics, Self.jobs)
            }
        }
    }
}
