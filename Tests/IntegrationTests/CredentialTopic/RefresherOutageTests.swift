internal import TestSupport
internal import Testing
internal import WeChat

extension OnKafkaCluster {
    /// The brokers go away for longer than tokens live.
    @Suite struct RefresherOutageTests {
        private static let life = Duration.seconds(4)
        private static let merchants = 20

        @Test func outageLongerThanTokensLiveEndsWithOneRefreshEach() async throws {
            // One more, whom nobody has asked for.
            try await withRefresherPlatform(
                merchants: Self.merchants + 1, simulator: ["--token-ttl", "\(Self.life.components.seconds)s"]
            ) { platform in
                let (topics, simulator) = (platform.topics, platform.simulator)
                let workers = try ["worker-1", "worker-2"].map { try platform.startWorker($0) }
                for worker in workers { try await worker.waitForLine(containing: #""owned":1"#) }
                try await topics.publish((1...Self.merchants).map { topics.job($0, account: "wxm\($0)") })
                _ = try await topics.replies(Self.merchants)
                platform.broker.refuse()
                // One of them takes back what he has authorised.
                try await simulator.set(["--token-ttl", "7200s", "--unauthorized", "wxm1"])
                try await topics.publish(
                    (1...Self.merchants).map { topics.job(Self.merchants + $0, account: "wxm\($0)") })
                // The outage itself, in the time of real tokens.
                try await Task.sleep(for: Self.life + .milliseconds(100))
                let during = try await simulator.currentStatistics()
                #expect(try await during.refreshingCalls <= platform.credentials.records().intents.count)

                platform.broker.accept()
                let refused = try await topics.replies(2 * Self.merchants).filter { $0.outcome != "succeeded" }
                #expect(refused.map(\.account) == ["wxm1"] && refused.map(\.kind) == ["reauthorize"])
                #expect(refused.first?.text.contains(#""errcode":61003"#) == true, "\(refused.map(\.text))")
                let after = try await simulator.currentStatistics()
                for merchant in platform.merchants {
                    let calls = [during, after].map {
                        $0.accounts[merchant]?.token_calls["api_authorizer_token"] ?? 0
                    }
                    #expect((0...1).contains(calls[1] - calls[0]), "\(merchant): \(calls)")
                }
                #expect(after.api_component_token.calls - during.api_component_token.calls <= 1)
                #expect(after.api_get_authorizer_list.calls == 0)
                #expect(after.errcodes["61023"] == nil)
                try await workers[1].endInOrder()
                try await expectThatALateAnswerIsKept(platform)
                try await workers[0].endInOrder()
                try await platform.expectThatNothingIsLost()
                try await expectEachAnsweredOnce(topics, 2 * Self.merchants + 1)
            }
        }

        /// WeChat answers when the only refresher has lost its part.
        private func expectThatALateAnswerIsKept(_ platform: RefresherPlatform) async throws {
            let merchant = try #require(platform.merchants.last)
            let number = 2 * Self.merchants + 1
            try await platform.simulator.set(["--token-hang"])
            try await platform.publishJob(number, for: merchant)
            try await platform.waitForRefresh(of: merchant)
            platform.broker.refuse()
            try await poll("number of refreshers") {
                try await platform.topics.memberCount(of: platform.topics.credentials)
            } until: {
                $0 == 0
            }
            try await platform.simulator.set(["--no-token-hang"])
            platform.broker.accept()
            let reply = try await platform.topics.replies(number).first { $0.account == merchant }
            #expect(reply?.outcome == "succeeded")
            let statistics = try await platform.simulator.currentStatistics()
            #expect(statistics.accounts[merchant]?.token_calls["api_authorizer_token"] == 1)
        }
    }
}
