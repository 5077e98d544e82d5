import EventLoop
import Testing

@testable import query_worker

@Suite struct SimulatedComponentsTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private func components(_ arguments: String...) throws -> SimulatedComponents {
        try SimulatorOptions(arguments: ["--component", "wxc1=s3cret"] + arguments).components
    }

    @Test(
        arguments: [
            ("wxc1", "s3cret", "t2", nil), ("wxc2", "s3cret", "t2", 40013), ("wxc1", "wrong", "t2", 40125),
            ("wxc1", "s3cret", "t1", 61005), ("wxc1", "s3cret", "t3", 61006), ("wxc1", "s3cret", "", 61006),
        ] as [(String, String, String, Int?)])
    func checksComponents(component: String, secret: String, ticket: String, errcode: Int?) throws {
        let components = try components("--ticket", "wxc1=t1", "--ticket", "wxc1=t2")
        expect(errcode) { () throws(SimulatedErrorCode) in
            try components.check(component, secret: secret, ticket: ticket)
        }
    }

    @Test(
        arguments: [
            ("wxm1", "r1", nil), ("wxm1", "r2", 61023), ("wxm1", "", 61023), ("wxm2", "", 61023), ("wxm3", "r3", 61003),
            ("wxm4", "r4", 61003),
        ] as [(String, String, Int?)])
    func checksMerchants(appid: String, refreshToken: String, errcode: Int?) throws {
        var components = try components(
            "--merchant", "wxc1/wxm1=r1", "--merchant-code", "wxc1/wxm2=c2", "--merchant", "wxc1/wxm3=r3",
            "--unauthorized", "wxm3")
        expect(errcode) { () throws(SimulatedErrorCode) in
            let next = try components.refresh(appid, of: "wxc1", with: refreshToken, at: start)
            #expect(next == refreshToken)
        }
    }

    @Test func rotatesRefreshTokensAndLeavesTheOldOneItsGrace() throws {
        var components = try components(
            "--merchant", "wxc1/wxm1=r1", "--rotate-refresh-tokens", "--refresh-grace", "60s")
        let second = try components.refresh("wxm1", of: "wxc1", with: "r1", at: start)
        #expect(second == "refresh-wxm1-2")
        let third = try components.refresh("wxm1", of: "wxc1", with: "r1", at: start + .seconds(59))
        #expect(third == "refresh-wxm1-3")
        expect(61023) { () throws(SimulatedErrorCode) in
            _ = try components.refresh("wxm1", of: "wxc1", with: "r1", at: start + .seconds(60))
        }
        let last = try components.refresh("wxm1", of: "wxc1", with: second, at: start + .seconds(118))
        #expect(last == "refresh-wxm1-4")
    }

    @Test func refusesAnOldRefreshTokenAtOnceWithoutGrace() throws {
        var components = try components(
            "--merchants", "wxc1=2", "--rotate-refresh-tokens", "--refresh-grace", "0s")
        _ = try components.refresh("wxm00000002", of: "wxc1", with: "refresh-wxm00000002", at: start)
        expect(61023) { () throws(SimulatedErrorCode) in
            _ = try components.refresh("wxm00000002", of: "wxc1", with: "refresh-wxm00000002", at: start)
        }
    }

    @Test func exchangesACodeOnce() throws {
        var components = try components("--merchant-code", "wxc1/wxm1=c1")
        expect(61010) { () throws(SimulatedErrorCode) in _ = try components.exchange("c2", of: "wxc1") }
        let merchant = try components.exchange("c1", of: "wxc1")
        #expect(merchant.appid == "wxm1")
        expect(61010) { () throws(SimulatedErrorCode) in _ = try components.exchange("c1", of: "wxc1") }
        let last = try components.refresh("wxm1", of: "wxc1", with: merchant.refreshToken, at: start)
        #expect(last == "refresh-wxm1")
    }

    @Test func listsMerchantsInTheirOrderWithoutThoseWhoHaveLeft() throws {
        let components = try components(
            "--merchant", "wxc1/b=r1", "--merchant-code", "wxc1/a=c", "--merchant", "wxc1/c=r3", "--unauthorized", "c")
        let list = components.authorizers(of: "wxc1")
        #expect(list.map(\.appid) == ["b", "a"])
        #expect(list.map(\.refreshToken) == ["r1", nil])
    }

    @Test func authorizesAnew() throws {
        var components = try components(
            "--merchant", "wxc1/wxm1=r1", "--unauthorized", "wxm1", "--merchant", "wxc1/wxm1=r2")
        expect(61023) { () throws(SimulatedErrorCode) in
            _ = try components.refresh("wxm1", of: "wxc1", with: "r1", at: start)
        }
        let last = try components.refresh("wxm1", of: "wxc1", with: "r2", at: start)
        #expect(last == "r2")
        #expect(components.authorizers(of: "wxc1").count == 1)
    }

    /// - Parameter errcode: nil for none.
    private func expect(
        _ errcode: Int?, _ body: () throws(SimulatedErrorCode) -> Void,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var found: Int?
        do throws(SimulatedErrorCode) { try body() } catch { found = error.rawValue }
        #expect(found == errcode, sourceLocation: sourceLocation)
    }
}
