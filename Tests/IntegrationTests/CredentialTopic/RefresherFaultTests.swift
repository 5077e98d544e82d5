internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing
internal import WeChat

extension OnKafkaCluster {
    /// The refresher dies, or stands still, at each step of a refresh; and the brokers go away for longer than tokens live.
    /// WeChat is the strictest: a refresh token is good once.
    @Suite struct RefresherFaultTests {
        private static let component = CredentialTopicFixture.component
        private static let refreshing = #""message":"refreshes credentials""#

        private func run(
            tokenLife: String,
            _ body: (KafkaCluster, TestTopics, CredentialTopicFixture, SimulatorProcess) async throws -> Void
        ) async throws {
            try await withKafkaCluster(brokers: 1, properties: ["group.min.session.timeout.ms": "1000"]) { cluster in
                var topics = try TestTopics(partitions: 2, bootstrap: cluster.directBootstrap)
                topics.workerBootstrap = cluster.bootstrap
                try await withTemporaryDirectory { directory in
                    let fixture = try CredentialTopicFixture(topics, directory: directory)
                    let platform =
                        CredentialTopicFixture.platform + [
                            "--merchant", "\(Self.component)/wxm1=r0", "--rotate-refresh-tokens", "--refresh-grace",
                            "0s",
                            "--token-ttl", tokenLife, "--latency", "1ms",
                        ]
                    try await withSimulator(platform) { simulator in
                        try await fixture.publishTicket()
                        try await body(cluster, topics, fixture, simulator)
                    }
                }
            }
        }

        private func settings(_ fixture: CredentialTopicFixture) -> [String] {
            fixture.settings + ["kafka.session.timeout.ms=1500", "account.hold=wait"]
        }

        /// Until the simulator has one more refresh to answer.
        private func waitForRefresh(_ simulator: SimulatorProcess, beyond count: Int) async throws {
            while try await simulator.currentStatistics().api_authorizer_token.calls <= count { await Task.yield() }
        }

        private enum Step: CaseIterable {
            case intent
            case call
            case token
        }

        @Test func refreshTokenSurvivesAKillAtEachStep() async throws {
            // So short that every process refreshes it.
            try await run(tokenLife: "100s") { cluster, topics, fixture, simulator in
                var jobs = 0
                for step in Step.allCases {
                    try await withWorker(
                        topics, api: simulator.url, secret: nil, settings: settings(fixture)
                    ) { worker in
                        try await worker.waitForLine(containing: Self.refreshing)
                        try await worker.waitForLine(containing: #""owned":2"#)
                        let before = try await simulator.currentStatistics().api_authorizer_token.calls
                        jobs += 1
                        switch step {
                        case .intent: cluster.proxy(of: 1).dropRequests(ofAPIKey: KafkaAPIKey.endTransaction)
                        case .call, .token: try await simulator.set(["--token-latency", "1s"])
                        }
                        try await topics.publish([topics.job(jobs, account: "wxm1")])
                        switch step {
                        case .intent: try await cluster.proxy(of: 1).waitForDrops(1)
                        case .call: try await waitForRefresh(simulator, beyond: before)
                        case .token:
                            try await waitForRefresh(simulator, beyond: before)
                            cluster.proxy(of: 1).dropRequests(ofAPIKey: KafkaAPIKey.endTransaction)
                            try await cluster.proxy(of: 1).waitForDrops(2)
                        }
                        worker.kill()
                        try await worker.waitForExit()
                        if step == .intent {
                            #expect(try await simulator.currentStatistics().api_authorizer_token.calls == before)
                        }
                    }
                    cluster.proxy(of: 1).stopDropping()
                    try await simulator.set(["--token-latency", "1ms"])
                    try await withWorker(
                        topics, api: simulator.url, secret: nil, settings: settings(fixture)
                    ) { worker in
                        let replies = try await topics.replies(jobs)
                        #expect(replies.allSatisfy { $0.outcome == "succeeded" }, "after \(step)")
                        try await worker.endInOrder()
                    }
                }
                try await expectAscendingTokens(fixture)
                #expect(try await topics.allReplies().count == jobs)
            }
        }

        @Test func frozenRefresherIsFencedWhenItWakes() async throws {
            try await run(tokenLife: "100s") { cluster, topics, fixture, simulator in
                try await withWorker(
                    topics, api: simulator.url, instance: "a", secret: nil, settings: settings(fixture)
                ) {
                    first in
                    try await first.waitForLine(containing: Self.refreshing)
                    try await first.waitForLine(containing: #""owned":2"#)
                    try await simulator.set(["--token-latency", "500ms"])
                    try await topics.publish([topics.job(1, account: "wxm1")])
                    try await waitForRefresh(simulator, beyond: 0)
                    first.suspend()
                    try await withWorker(
                        topics, api: simulator.url, instance: "b", secret: nil, settings: settings(fixture)
                    ) { second in
                        try await second.waitForLine(containing: Self.refreshing)
                        _ = try await topics.replies(1)
                        first.resume()
                        let end = try await first.waitForLine(containing: "refreshes credentials no longer").text
                        // Whichever it learns of first: that its transaction is fenced, or that the partition is lost.
                        let reasons = ["FENCED", "MEMBER", "PRODUCER_EPOCH", "the partition went to another instance"]
                        #expect(reasons.contains { end.contains($0) }, "\(end)")
                        try await simulator.set(["--token-latency", "1ms"])
                        try await simulator.revoke(account: "wxm1")
                        try await topics.publish((2...21).map { topics.job($0, account: "wxm1") })
                        let replies = try await topics.replies(21)
                        #expect(replies.allSatisfy { $0.outcome == "succeeded" })
                        try await expectAscendingTokens(fixture)
                        for worker in [first, second] { try await worker.endInOrder() }
                    }
                }
            }
        }

        @Test func outageLongerThanATokensLifeEndsWithoutAStorm() async throws {
            try await run(tokenLife: "6s") { cluster, topics, fixture, simulator in
                try await withWorkers(2, topics, api: simulator.url, secret: nil, settings: settings(fixture)) {
                    workers in
                    for worker in workers { try await worker.waitForLine(containing: #""owned":1"#) }
                    try await topics.publish((1...20).map { topics.job($0, account: "wxm1") })
                    _ = try await topics.replies(20)
                    cluster.proxy(of: 1).refuse()
                    // What was under way when the brokers went may still come to its end.
                    try await Task.sleep(for: .seconds(2))
                    let before = try await simulator.currentStatistics()
                    try await topics.publish((21...40).map { topics.job($0, account: "wxm1") })
                    // The outage itself, in the time of real tokens.
                    try await Task.sleep(for: .seconds(7))
                    let during = try await simulator.currentStatistics()
                    #expect(during.api_authorizer_token.calls == before.api_authorizer_token.calls)
                    #expect(during.api_component_token.calls == before.api_component_token.calls)
                    cluster.proxy(of: 1).accept()
                    let replies = try await topics.replies(40)
                    #expect(replies.allSatisfy { $0.outcome == "succeeded" })
                    let after = try await simulator.currentStatistics()
                    #expect(after.api_authorizer_token.calls - during.api_authorizer_token.calls <= 6)
                    #expect(after.errcodes["61023"] ?? 0 == 0)
                    for worker in workers { try await worker.endInOrder() }
                }
                try await expectAscendingTokens(fixture)
            }
        }

        /// No token of an earlier generation lies behind one of a later: what compaction keeps is the newest.
        private func expectAscendingTokens(_ fixture: CredentialTopicFixture) async throws {
            for (name, generations) in try await fixture.records().generations {
                #expect(
                    generations == generations.sorted() && Set(generations).count == generations.count,
                    "\(name): \(generations)")
            }
        }
    }
}
