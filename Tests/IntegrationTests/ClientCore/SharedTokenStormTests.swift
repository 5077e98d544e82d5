internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// A token that two instances share by way of the credential store dies under both: one of them replaces it, for both.
    @Suite struct SharedTokenStormTests {
        private static let jobs = 3_000

        /// Every call of `/cgi-bin/token` would end the token that the other instance has just got.
        @Test func legacyTokenIsReplacedOnceForTwoInstances() async throws {
            let account = SimulatorProcess.account
            let settings = ["account.\(account).mode=token", "account.\(account).secret=\(SimulatorProcess.secret)"]
            let topics = try TestTopics(partitions: 4)
            try await withTemporaryDirectory { directory in
                try await withSimulator(["--latency", "100ms"]) { simulator in
                    let statistics = try await revoke(
                        account, of: [account], topics, simulator, directory, settings: settings)
                    #expect(statistics.token.calls == 2)
                    #expect(statistics.tokens_issued[account] == 2)
                }
            }
        }

        @Test func merchantsTokenIsRefreshedOnceForTwoInstances() async throws {
            let component = "wxcomponent1"
            let merchants = ["wxmerchant1", "wxmerchant2"]
            let platform =
                ["--component", "\(component)=component-secret", "--ticket", "\(component)=t1cket"]
                + merchants.flatMap { ["--merchant", "\(component)/\($0)=refresh-\($0)"] }
                + ["--rotate-refresh-tokens", "--refresh-grace", "0s"]
            let settings =
                ["component.\(component).secret=component-secret"]
                + merchants.flatMap { ["account.\($0).mode=authorizer", "account.\($0).component=\(component)"] }
            let topics = try TestTopics(partitions: 4)
            try await withTemporaryDirectory { directory in
                try await withSimulator(platform + ["--latency", "100ms"]) { simulator in
                    let credentials = CredentialsDirectory(directory)
                    try await credentials.put(ticket: "t1cket", of: component)
                    for merchant in merchants {
                        try await credentials.put(refreshToken: "refresh-\(merchant)", of: merchant, for: component)
                    }
                    let statistics = try await revoke(
                        merchants[0], of: merchants, topics, simulator, directory, settings: settings)
                    #expect(statistics.api_component_token.calls == 1)
                    #expect(statistics.accounts[merchants[0]]?.refreshes == 2)
                    #expect(statistics.accounts[merchants[1]]?.refreshes == 1)
                }
            }
        }

        /// Has two instances do jobs of all `accounts`, and revokes one's token when both have all places taken.
        /// - Returns: what the simulator was asked.
        private func revoke(
            _ revoked: String, of accounts: [String], _ topics: TestTopics, _ simulator: SimulatorProcess,
            _ directory: String, settings: [String]
        ) async throws -> SimulatorProcess.Statistics {
            let settings =
                settings + ["credentials.store=file", "credentials.directory=\(directory)", "api.concurrency=100"]
            return try await withWorkers(2, topics, api: simulator.url, secret: nil, settings: settings) { workers in
                for worker in workers { try await worker.waitForLine(containing: #""owned":2"#) }
                try await topics.publish(
                    (1...Self.jobs).map { topics.job($0, account: accounts[$0 % accounts.count]) })
                try await simulator.waitForCalls(underWay: 150)
                try await simulator.revoke(account: revoked)
                let replies = try await topics.replies(Self.jobs)
                let statistics = try await simulator.currentStatistics()
                let refused = statistics.errcodes["40001"] ?? 0
                print(
                    """
                    \(revoked)'s token revoked under \(statistics.max_in_flight) calls of two instances: \(refused) \
                    refused calls, attempts \(Set(replies.map(\.attempts)).sorted())
                    """)
                #expect(refused >= 50)
                #expect(replies.allSatisfy { $0.outcome == "succeeded" && $0.attempts == 1 })
                for worker in workers { try await worker.endInOrder() }
                try await expectEachAnsweredOnce(topics, Self.jobs)
                return statistics
            }
        }
    }
}
