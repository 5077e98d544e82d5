internal import QueryWorker
internal import TestSupport
internal import Testing
internal import WeChat

extension OnKafkaCluster {
    /// The refresher stands still, or dies, at each step of a refresh: no refresh token is lost, and none that is older is
    /// ever in force over a newer.
    @Suite struct RefresherFaultTests {
        /// Each with a merchant of its own, whose first refresh is the one that is cut off.
        private struct Trial {
            let step: RefreshStep
            let number: Int
            let merchant: String
        }

        /// A merchant for whom nobody has a job any more.
        private static let idle = "wxidle1"

        private static func trials(from first: Int) -> [Trial] {
            RefreshStep.allCases.enumerated().map { index, step in
                Trial(step: step, number: first + index, merchant: "wxm\(first + index)")
            }
        }

        @Test func nothingIsLostWhereverTheRefresherIsFrozenOrKilled() async throws {
            let (freezing, killing) = (Self.trials(from: 1), Self.trials(from: 1 + RefreshStep.allCases.count))
            try await withRefresherPlatform(merchants: freezing.count + killing.count) { platform in
                try await publishRequestOfLongAgo(platform)
                let first = try platform.startWorker("worker-0")
                // The component's.
                try await first.waitForLine(containing: #""message":"access token fetched""#)
                let alone = first.nextLine
                let second = try platform.startWorker("worker-1")
                // The group is rebalanced, and the first keeps its part.
                let joined = try await first.waitForLine(
                    containing: RefresherPlatform.refreshesNoLonger, from: alone)
                try await first.waitForLine(containing: RefresherPlatform.refreshing, from: joined.number + 1)
                for trial in freezing { try await freeze(first, trial, platform, other: second) }
                try await publishOldRequests(platform)
                first.kill()
                var refresher = second
                for (number, trial) in killing.enumerated() {
                    let next = try platform.startWorker("worker-\(2 + number)")
                    try await kill(refresher, trial, platform)
                    refresher = next
                }
                // The old requests, which each of the refreshers has read, led to nothing.
                let statistics = try await platform.simulator.currentStatistics()
                #expect(statistics.accounts[Self.idle] == nil)
                for trial in freezing + killing {
                    #expect(statistics.accounts[trial.merchant]?.refreshes == trial.step.refreshes)
                }
                try await platform.expectThatNothingIsLost()
                try await expectThatAllIsUsed(platform)
                try await refresher.endInOrder()
            }
        }

        /// Former owners wake up late, and are fenced.
        private func freeze(
            _ refresher: ChildProcess, _ trial: Trial, _ platform: RefresherPlatform, other: ChildProcess
        ) async throws {
            let before = try await platform.simulator.currentStatistics()
            try await trial.step.reach(by: trial.number, for: trial.merchant, on: platform)
            let (asleep, taken) = (refresher.nextLine, other.nextLine)
            refresher.suspend()
            try await trial.step.letGo(platform)
            try await other.waitForLine(containing: RefresherPlatform.refreshing, from: taken)
            try await expectReplies(trial, platform)
            // What it has asked before, nobody would answer.
            platform.broker.cutConnections()
            refresher.resume()
            // Whichever it learns of first: that its transaction is fenced, that the partition is lost, or that it is given back.
            let end = try await refresher.waitForLine(containing: RefresherPlatform.refreshesNoLonger, from: asleep)
            // What it still holds of the refresh is of no use by now.
            try await refresher.waitForLine(containing: RefresherPlatform.refreshing, from: end.number + 1)
            try await trial.step.expectCalls(for: trial.merchant, since: before, on: platform)
        }

        private func kill(_ refresher: ChildProcess, _ trial: Trial, _ platform: RefresherPlatform) async throws {
            let before = try await platform.simulator.currentStatistics()
            try await trial.step.reach(by: trial.number, for: trial.merchant, on: platform)
            refresher.kill()
            try await refresher.waitForExit()
            try await trial.step.letGo(platform)
            try await expectReplies(trial, platform)
            try await trial.step.expectCalls(for: trial.merchant, since: before, on: platform)
        }

        private func expectReplies(_ trial: Trial, _ platform: RefresherPlatform) async throws {
            let replies = try await platform.topics.replies(trial.number)
            #expect(replies.allSatisfy { $0.outcome == "succeeded" }, "\(trial)")
        }

        /// By an instance that was there before all others: who still waits asks again.
        private func publishRequestOfLongAgo(_ platform: RefresherPlatform) async throws {
            try await platform.credentials.publish(
                plain: .authorizedByRefreshToken(
                    component: RefresherPlatform.component, account: Self.idle, refreshToken: "unused"))
            try await platform.credentials.publish(
                .rejected(.account(Self.idle), generation: 0, instance: "gone", reason: nil))
        }

        /// Another token is wanted than none: that was so before the first, and now there is a newer one.
        private func publishOldRequests(_ platform: RefresherPlatform) async throws {
            for merchant in platform.merchants.prefix(RefreshStep.allCases.count) {
                try await platform.credentials.publish(
                    .rejected(.account(merchant), generation: 0, instance: "gone", reason: nil))
            }
        }

        /// Every merchant's token is refused, and replaced by means of what is stored.
        private func expectThatAllIsUsed(_ platform: RefresherPlatform) async throws {
            let before = try await platform.simulator.currentStatistics()
            for merchant in platform.merchants { try await platform.simulator.revoke(account: merchant) }
            let count = platform.merchants.count
            try await platform.topics.publish(
                (1...count).map { platform.topics.job(count + $0, account: platform.merchants[$0 - 1]) })
            let replies = try await platform.topics.replies(2 * count)
            #expect(replies.allSatisfy { $0.outcome == "succeeded" })
            let after = try await platform.simulator.currentStatistics()
            #expect(after.api_authorizer_token.calls - before.api_authorizer_token.calls == count)
            #expect(after.api_get_authorizer_list.calls == before.api_get_authorizer_list.calls)
            #expect(after.errcodes["61023"] == before.errcodes["61023"])
            try await platform.expectThatNothingIsLost()
            #expect(try await platform.topics.allReplies().count == replies.count)
        }
    }
}
