internal import TestSupport
internal import Testing

/// Where a refresh is cut off.
enum RefreshStep: CaseIterable {
    /// The intent is not committed: WeChat must not be called.
    case beforeIntent
    /// The intent is committed, and the refresher does not know it: WeChat must not be called.
    case afterIntent
    /// WeChat has made new tokens, and the answer is on its way.
    case duringCall
    /// The answer came; what it brought is not committed.
    case beforeToken
    /// It is committed, and the refresher does not know it: nobody has used it.
    case afterToken

    /// WeChat has replaced a refresh token, and nobody has kept the new one. The next refresher is refused, and finds it in
    /// WeChat's list.
    private var losesRefreshToken: Bool { self == .duringCall || self == .beforeToken }

    /// Which succeed, until there is a token.
    var refreshes: Int { losesRefreshToken ? 2 : 1 }

    /// Has a job of `account`, which was not refreshed yet, bring the refresher to this step, and holds it there.
    func reach(by job: Int, for account: String, on platform: RefresherPlatform) async throws {
        let (broker, drops) = (platform.broker, platform.broker.drops)
        let end = KafkaAPIKey.endTransaction
        switch self {
        case .beforeIntent: broker.dropRequests(ofAPIKey: end, count: 1)
        case .afterIntent: broker.dropResponses(ofAPIKey: end, count: 1)
        case .duringCall, .beforeToken, .afterToken: try await platform.simulator.set(["--token-hang"])
        }
        try await platform.publishJob(job, for: account)
        if [.duringCall, .beforeToken, .afterToken].contains(self) { try await platform.waitForRefresh(of: account) }
        switch self {
        case .duringCall: return
        case .beforeToken: broker.dropRequests(ofAPIKey: end, count: 1)
        case .afterToken: broker.dropResponses(ofAPIKey: end, count: 1)
        case .beforeIntent, .afterIntent: break
        }
        try await letGo(platform)
        try await broker.waitForDrops(drops + 1)
    }

    /// Has WeChat answer again.
    func letGo(_ platform: RefresherPlatform) async throws { try await platform.simulator.set(["--no-token-hang"]) }

    /// What it took to get a token in spite of it.
    /// - Parameter before: what WeChat was asked before the step.
    func expectCalls(
        for account: String, since before: SimulatorProcess.Statistics, on platform: RefresherPlatform,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let after = try await platform.simulator.currentStatistics()
        let seen = after.accounts[account]
        #expect(seen?.refreshes == refreshes, "\(self)", sourceLocation: sourceLocation)
        #expect(
            seen?.token_calls["api_authorizer_token"] == (losesRefreshToken ? 3 : 1), "\(self)",
            sourceLocation: sourceLocation)
        let listings = after.api_get_authorizer_list.calls - before.api_get_authorizer_list.calls
        #expect(listings == (losesRefreshToken ? 1 : 0), "\(self)", sourceLocation: sourceLocation)
        let refusals = (after.errcodes["61023"] ?? 0) - (before.errcodes["61023"] ?? 0)
        #expect(refusals == (losesRefreshToken ? 1 : 0), "\(self)", sourceLocation: sourceLocation)
        #expect(after.api_component_token.calls == 1, "\(self)", sourceLocation: sourceLocation)
    }
}
