import EventLoop
import Testing

@testable import WeChat

@Suite struct IssuedTokenTests {
    @Test(arguments: [(0.0, 120.0), (0.5, 180), (1, 240)])
    func isRenewedBetweenTwoAndFourMinutesBeforeItsEnd(fraction: Double, lead: Double) {
        let issued = issue(lifetime: 7200, fraction: fraction)
        #expect(issued.expiresAt == .at(10 + 7200))
        #expect(issued.refreshAt == .at(10 + 7200 - lead))
    }

    /// After a restart WeChat hands out what is left of a token: 300 s and less while it changes.
    @Test(arguments: [(300.0, 0.0, 120.0), (300, 1, 150), (200, 0, 100), (60, 0.5, 30), (1, 1, 0.5)])
    func keepsHalfOfAShortLife(lifetime: Double, fraction: Double, lead: Double) {
        #expect(issue(lifetime: lifetime, fraction: fraction).refreshAt == .at(10 + lifetime - lead))
    }

    @Test func isUsableUntilItsEnd() {
        let issued = issue(lifetime: 100, fraction: 0)
        #expect(issued.isUsable(at: .at(109.999)))
        #expect(!issued.isUsable(at: .at(110)))
    }

    private func issue(lifetime: Double, fraction: Double) -> IssuedToken {
        IssuedToken(
            FetchedToken(token: AccessToken("t"), lifetime: .seconds(lifetime)), requestedAt: .at(10),
            fraction: fraction)
    }
}
