internal import Foundation
internal import QueryWorker
internal import TestSupport
internal import Testing
internal import WeChat

extension OnRealKafka {
    /// A platform's workers on any number of hosts, with nothing between them but Kafka.
    @Suite struct CredentialTopicTests {
        /// An account of `mode=token`, each of whose tokens ends the one before.
        private static let legacy = "wxlegacy1"
        private static let merchants = (1...50).map { "wxm000000" + ($0 < 10 ? "0" : "") + "\($0)" }
        private static let jobsEach = 200
        private static let jobs = (merchants.count + 1) * jobsEach
        /// WeChat takes a token back after so many calls: each account needs three.
        private static let callsPerToken = 80

        @Test func threeInstancesRefreshEachGenerationOfFiftyMerchantsOnce() async throws {
            let topics = try TestTopics(partitions: 6)
            let accounts = Self.merchants + [Self.legacy]
            try await withTemporaryDirectory { directory in
                let fixture = try CredentialTopicFixture(topics, directory: directory)
                // Slow enough that no account uses up two tokens within a second.
                let platform =
                    CredentialTopicFixture.platform + [
                        "--merchants", "\(CredentialTopicFixture.component)=\(Self.merchants.count)",
                        "--rotate-refresh-tokens", "--refresh-grace", "0s", "--account", "\(Self.legacy)=legacy-secret",
                        "--token-overlap", "0s", "--revoke-every", "\(Self.callsPerToken)", "--latency", "100ms",
                        "--token-latency", "5ms",
                    ]
                let settings =
                    fixture.settings + [
                        "account.\(Self.legacy).mode=token", "account.\(Self.legacy).secret=legacy-secret",
                        "retry.attempts=10",
                    ]
                try await withSimulator(platform) { simulator in
                    try await fixture.publishTicket()
                    try await withWorkers(3, topics, api: simulator.url, secret: nil, settings: settings) { workers in
                        for worker in workers { try await worker.waitForLine(containing: #""owned":2"#) }
                        try await topics.publish(
                            (1...Self.jobs).map { topics.job($0, account: accounts[$0 % accounts.count]) })
                        let failed = try await topics.replies(Self.jobs).filter { $0.outcome != "succeeded" }
                        #expect(failed.isEmpty, "\(failed.first?.text ?? "")")
                        for worker in workers { try await worker.endInOrder() }
                        try await expectOneRefreshEach(fixture, simulator)
                        try await fixture.expectNoSecret(saidBy: workers)
                    }
                }
                try await expectEachAnsweredOnce(topics, Self.jobs)
            }
        }

        private func expectOneRefreshEach(
            _ fixture: CredentialTopicFixture, _ simulator: SimulatorProcess
        ) async throws {
            let statistics = try await simulator.currentStatistics()
            let records = try await fixture.records()
            for merchant in Self.merchants {
                let generations = records.generations[.account(merchant)] ?? []
                #expect(generations.count == 3 && generations.isAscending, "\(merchant): \(generations)")
                let seen = statistics.accounts[merchant]
                #expect(seen?.refreshes == generations.count, "\(merchant)")
                #expect(seen?.token_calls["api_authorizer_token"] == generations.count, "\(merchant)")
            }
            let generations = records.generations[.account(Self.legacy)] ?? []
            #expect(generations.count == 3 && generations.isAscending, "\(generations)")
            #expect(statistics.token.calls == generations.count)
            #expect(statistics.api_component_token.calls == 1)
        }
    }
}
