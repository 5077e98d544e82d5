import EventLoop
import Testing

@testable import WeChat

@Suite struct CredentialRecordEventTests {
    private let early = WallTime(millisecondsSince1970: 1000)
    private let late = WallTime(millisecondsSince1970: 2000)

    private var authorized: CredentialRecord {
        var record = CredentialRecord()
        record.component = "wxc"
        record.refreshToken = "old"
        record.token = StoredToken(value: AccessToken("t"), expiresAt: late, generation: 1)
        return record
    }

    @Test func aTicketReplacesAnOlderOneOnly() {
        var record = CredentialRecord()
        let first = record.apply(.ticket(component: "wxc", ticket: "b"), at: late)
        #expect(first)
        let older = record.apply(.ticket(component: "wxc", ticket: "a"), at: early)
        #expect(!older)
        #expect(record.ticket == "b" && record.ticketReceivedAt == late)
        let newer = record.apply(.ticket(component: "wxc", ticket: "c"), at: late + .milliseconds(1))
        #expect(newer)
        #expect(record.ticket == "c")
    }

    @Test func aCodeKeepsTheRefreshTokenUntilItIsExchanged() {
        var record = authorized
        record.isUnauthorized = true
        record.apply(.authorizedByCode(component: "WXC", account: "wxa", authorizationCode: "code"), at: early)
        #expect(record.authorizationCode == "code" && record.refreshToken == "old")
        #expect(record.token == nil && !record.isUnauthorized)
    }

    @Test func aRefreshTokenReplacesTheOldOneAndTheCode() {
        var record = authorized
        record.authorizationCode = "code"
        record.apply(.authorizedByRefreshToken(component: "wxc", account: "wxa", refreshToken: "new"), at: early)
        #expect(record.authorizationCode == nil && record.refreshToken == "new" && record.token == nil)
    }

    @Test func whatAnotherComponentWasGivenIsOfNoUse() {
        var record = authorized
        record.apply(.authorizedByCode(component: "wxd", account: "wxa", authorizationCode: "code"), at: early)
        #expect(record.component == "wxd" && record.refreshToken == nil && record.authorizationCode == "code")
    }

    @Test func aWithdrawalForgetsAllTokens() {
        var record = authorized
        record.authorizationCode = "code"
        let hasCounted = record.apply(.unauthorized(component: "wxc", account: "wxa"), at: early)
        #expect(hasCounted)
        #expect(record.isUnauthorized && record.component == "wxc")
        #expect(record.token == nil && record.refreshToken == nil && record.authorizationCode == nil)
    }

    /// A merchant changes platforms: the old one's `unauthorized` may come after the new one's `authorized`.
    @Test func aWithdrawalFromAnotherComponentDoesNotCount() {
        var record = authorized
        let hasCounted = record.apply(.unauthorized(component: "wxd", account: "wxa"), at: early)
        #expect(!hasCounted)
        #expect(record == authorized)
    }
}
