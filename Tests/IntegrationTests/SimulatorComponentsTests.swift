import TestSupport
import Testing

@testable import query_worker

/// The chain of a third-party platform, over a socket.
@Suite struct SimulatorComponentsTests {
    private func simulator(_ arguments: String...) throws -> Simulator {
        try Simulator(
            options: SimulatorClient.options(["--component", "wxc1=s3cret", "--ticket", "wxc1=t1"] + arguments))
    }

    @Test(arguments: ["component_access_token", "access_token"])
    func leadsFromTheTicketToAQuery(parameter: String) throws {
        let simulator = try simulator("--merchant", "wxc1/wxm1=r1")
        let platform = try SimulatorPlatform(simulator)
        #expect(try platform.refresh(with: "r1", parameter: parameter) == 41021)
        #expect(try platform.fetchComponentToken(ticket: "wrong") == 61006)
        #expect(try platform.fetchComponentToken() == 0)
        #expect(try platform.refresh(with: "r1", parameter: parameter) == 0)
        #expect(platform.refreshToken == "r1")
        #expect(try platform.client.errcode() == 0)
        let stats = simulator.statsJSON()
        #expect(
            stats.contains(
                #""wxm1":{"query_calls":1,"token_calls":{"api_authorizer_token":2},"refused_by_40001":0,"#
                    + #""tokens_issued":1,"refreshes":1,"#), "\(stats)")
        #expect(stats.contains(#""wxc1":{"query_calls":0,"token_calls":{"api_component_token":2},"#), "\(stats)")
    }

    @Test func letsOldTokensDieAtOnce() throws {
        let platform = try SimulatorPlatform(try simulator("--merchant", "wxc1/wxm1=r1"))
        #expect(try platform.fetchComponentToken() == 0)
        let firstComponentToken = platform.componentToken
        #expect(try platform.refresh(with: "r1") == 0)
        let firstToken = platform.client.token
        #expect(try platform.refresh() == 0)
        platform.client.token = firstToken
        #expect(try platform.client.errcode() == 40001)
        #expect(try platform.fetchComponentToken() == 0)
        platform.componentToken = firstComponentToken
        #expect(try platform.refresh() == 40001)
    }

    /// A merchant's token for one platform is none of another's business.
    @Test func keepsPlatformsApart() throws {
        let simulator = try simulator(
            "--component", "wxc2=s2", "--merchant", "wxc1/wxm1=r1", "--merchant", "wxc2/wxm1=r2")
        let platform = try SimulatorPlatform(simulator)
        #expect(try platform.fetchComponentToken() == 0)
        #expect(try platform.refresh(with: "r1") == 0)
        let other = try SimulatorPlatform(simulator, component: "wxc2")
        #expect(try other.fetchComponentToken(secret: "s2") == 0)
        #expect(try other.refresh(with: "r1") == 61023)
        #expect(try other.refresh(with: "r2") == 0)
        #expect(try platform.client.errcode() == 0)
        #expect(try other.client.errcode() == 0)
        other.componentToken = platform.componentToken
        #expect(try other.refresh() == 40013)
    }

    @Test func leavesOldTokensTheirOverlap() throws {
        let platform = try SimulatorPlatform(
            try simulator("--merchant", "wxc1/wxm1=r1", "--component-overlap", "1h"))
        #expect(try platform.fetchComponentToken() == 0)
        #expect(try platform.refresh(with: "r1") == 0)
        let first = platform.client.token
        #expect(try platform.refresh() == 0)
        platform.client.token = first
        #expect(try platform.client.errcode() == 0)
    }

    @Test func rotatesRefreshTokens() throws {
        let platform = try SimulatorPlatform(
            try simulator("--merchant", "wxc1/wxm1=r1", "--rotate-refresh-tokens", "--refresh-grace=0s"))
        #expect(try platform.fetchComponentToken() == 0)
        #expect(try platform.refresh(with: "r1") == 0)
        #expect(try platform.refresh(with: "r1") == 61023)
        #expect(try platform.refresh() == 0)
        #expect(platform.refreshToken == "refresh-wxm1-3")
    }

    @Test func exchangesCodesAndListsMerchants() throws {
        let platform = try SimulatorPlatform(
            try simulator("--merchants", "wxc1=3", "--merchant-code", "wxc1/wxm9=code9"))
        #expect(try platform.fetchComponentToken() == 0)
        let list = #"{"component_appid":"wxc1","offset":2,"count":2}"#
        let before = try platform.call("api_get_authorizer_list", list)
        #expect(
            before == #"{"total_count":4,"list":[{"authorizer_appid":"wxm00000003","refresh_token":"#
                + #""refresh-wxm00000003","auth_time":1541484422},"#
                + #"{"authorizer_appid":"wxm9","refresh_token":"","auth_time":1541484422}]}"#)
        let exchange = #"{"component_appid":"wxc1","authorization_code":"code9"}"#
        let answer = try platform.call("api_query_auth", exchange)
        #expect(answer.hasPrefix(#"{"authorization_info":{"authorizer_appid":"wxm9","authorizer_access_token":"90_"#))
        #expect(
            answer.contains(
                #","expires_in":7200,"authorizer_refresh_token":"refresh-wxm9","func_info":[{"funcscope_category":"#))
        #expect(try platform.call("api_query_auth", exchange).contains("61010"))
        #expect(try platform.refresh("wxm9", with: "refresh-wxm9") == 0)
    }

    @Test func knowsWhoHasLeft() throws {
        let platform = try SimulatorPlatform(try simulator("--merchant", "wxc1/wxm1=r1"))
        #expect(try platform.fetchComponentToken() == 0)
        #expect(try platform.refresh(with: "r1") == 0)
        #expect(try platform.client.set("--unauthorized wxm1")?.body == "ok")
        #expect(try platform.client.errcode() == 61003)
        #expect(try platform.refresh() == 61003)
        #expect(try platform.client.set("--merchant wxc1/wxm1=r2")?.body == "ok")
        #expect(try platform.refresh() == 61023)
        #expect(try platform.refresh(with: "r2") == 0)
        #expect(try platform.client.errcode() == 0)
    }

    @Test func keepsTokensToTheirUse() throws {
        let platform = try SimulatorPlatform(try simulator("--merchant", "wxc1/wxm1=r1"))
        #expect(try platform.fetchComponentToken() == 0)
        platform.client.token = platform.componentToken
        #expect(try platform.client.errcode() == 40001)
        #expect(try platform.refresh(with: "r1") == 0)
        platform.componentToken = platform.client.token
        #expect(try platform.refresh() == 40001)
    }
}
