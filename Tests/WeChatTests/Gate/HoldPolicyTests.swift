import EventLoop
import Testing

@testable import WeChat

@Suite struct HoldPolicyTests {
    private let policy = HoldPolicy(mode: .answer)

    /// 15:58:30 UTC: half a minute of the minute left, a minute and a half until midnight in China.
    @Test(arguments: [
        (45011, APIFailure.Kind.rateLimited, "2026-01-01T15:58:30Z", 0.0, 30.2),
        (45011, .rateLimited, "2026-01-01T15:58:30Z", 1.0, 32.2),
        // At a minute's very begin: the refused call belongs to it.
        (45011, .rateLimited, "2026-01-01T15:58:00Z", 0.0, 60.2),
        (45009, .quotaExhausted, "2026-01-01T00:00:00Z", 0.0, 600.0),
        (45009, .quotaExhausted, "2026-01-01T15:58:30Z", 0.0, 90.0),
        (45009, .quotaExhausted, "2026-01-01T15:58:30Z", 1.0, 95.0),
        (45040, .quotaExhausted, "2026-01-01T00:00:00Z", 0.0, 600.0),
        (89506, .credentials, "2026-01-01T00:00:00Z", 0.0, 86_400.0),
        (89507, .credentials, "2026-01-01T00:00:00Z", 0.0, 3600.0),
        (40125, .credentials, "2026-01-01T00:00:00Z", 0.0, 30.0),
        (48001, .permission, "2026-01-01T00:00:00Z", 1.0, 30.0),
        (61023, .reauthorize, "2026-01-01T00:00:00Z", 0.0, 30.0), (45102, .busy, "2026-01-01T00:00:00Z", 0.0, 30.0),
    ])
    func triesAgainWhenItMayBeOver(
        code: Int, kind: APIFailure.Kind, now: String, fraction: Double, seconds: Double
    ) throws {
        let now = try #require(WallTime(rfc3339: now))
        let failure = APIFailure.sample(kind, errcode: code, .holdAccount)
        #expect(policy.probeDelay(after: failure, at: now, fraction: fraction) == .milliseconds(Int(seconds * 1000)))
    }

    /// Every code that puts an account on hold has a delay, and the table knows the codes that are named here.
    @Test(arguments: WeChatErrorCode.table.filter { $0.disposition == .holdAccount })
    func waitsForEveryFaultOfAnAccount(line: WeChatErrorCode) throws {
        let now = try #require(WallTime(rfc3339: "2026-01-01T00:00:00Z"))
        let failure = APIFailure.sample(line.kind, errcode: line.code, .holdAccount)
        #expect(policy.probeDelay(after: failure, at: now, fraction: 0) >= .seconds(30))
    }

    @Test(arguments: [(Duration.seconds(5), Duration.seconds(30)), (.seconds(300), .seconds(300))])
    func asksNoEarlierThanTheServerWishes(wish: Duration, delay: Duration) throws {
        let now = try #require(WallTime(rfc3339: "2026-01-01T00:00:00Z"))
        let failure = APIFailure.sample(.credentials, errcode: 40125, .holdAccount, retryAfter: wish)
        #expect(policy.probeDelay(after: failure, at: now, fraction: 0) == delay)
    }

    @Test func leavesItToTheTokenWhenATokenIsTheFault() throws {
        let now = try #require(WallTime(rfc3339: "2026-01-01T00:00:00Z"))
        let failure = APIFailure.sample(.credentials, errcode: 40125, .holdAccount).delayed(by: .seconds(7), at: now)
        #expect(policy.probeDelay(after: failure, at: now, fraction: 1) == .seconds(7))
    }

    @Test(arguments: APIFailure.Kind.allCases)
    func hasJobsWaitForWhatIsOverSoonBySomeoneElsesDoing(kind: APIFailure.Kind) {
        let always: Set<APIFailure.Kind> = [.rateLimited, .busy, .timeout, .transport, .protocolError]
        #expect(policy.hasJobsWait(.sample(kind)) == always.contains(kind))
        #expect(HoldPolicy(mode: .wait).hasJobsWait(.sample(kind)))
    }

    @Test(arguments: [
        (APIFailure.Kind.credentials, "2026-01-01T00:10:00Z", "2026-01-01T00:10:00Z"),
        // A call tries just now.
        (.credentials, "2025-12-31T23:59:00Z", "2026-01-01T00:00:01Z"),
        // Probes may come earlier, but that helps only if somebody raised the quota.
        (.quotaExhausted, "2026-01-01T00:10:00Z", "2026-01-01T16:00:00Z"),
        (.quotaExhausted, "2026-01-01T16:00:03Z", "2026-01-01T16:00:03Z"),
    ])
    func saysWhenTheSameJobMaySucceed(kind: APIFailure.Kind, probeAt: String, expected: String) throws {
        let now = try #require(WallTime(rfc3339: "2026-01-01T00:00:00Z"))
        let probeAt = try #require(WallTime(rfc3339: probeAt))
        #expect(policy.retryTime(after: .sample(kind), probeAt: probeAt, at: now) == WallTime(rfc3339: expected))
    }
}
