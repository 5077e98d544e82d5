import EventLoop
import Testing

@testable import WeChat

@Suite struct QuotaResetTests {
    @Test(arguments: [
        // In China, where the day begins at 16:00 UTC.
        (16 * 60, "2026-01-01T00:00:00Z", "2026-01-01T16:00:00Z"),
        (16 * 60, "2026-01-01T15:59:59.999Z", "2026-01-01T16:00:00Z"),
        // Exactly then it has just been: the next one is a day away.
        (16 * 60, "2026-01-01T16:00:00Z", "2026-01-02T16:00:00Z"),
        (16 * 60, "2026-12-31T16:00:00.001Z", "2027-01-01T16:00:00Z"),
        (0, "2026-02-28T23:59:00Z", "2026-03-01T00:00:00Z"), (0, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
        (23 * 60 + 59, "2026-01-01T23:59:30Z", "2026-01-02T23:59:00Z"),
        // Before 1970, and in its first hours, `/` rounds the other way.
        (16 * 60, "1970-01-01T01:00:00Z", "1970-01-01T16:00:00Z"),
        (16 * 60, "1969-12-31T01:00:00Z", "1969-12-31T16:00:00Z"),
        (16 * 60, "1969-12-30T16:00:00Z", "1969-12-31T16:00:00Z"),
    ])
    func comesOnceADay(minute: Int, now: String, next: String) throws {
        let reset = QuotaReset(sinceMidnightUTC: .seconds(minute * 60))
        #expect(reset.next(after: try #require(WallTime(rfc3339: now))) == WallTime(rfc3339: next))
    }

    @Test func isMidnightInChinaByDefault() {
        #expect(QuotaReset.midnightInChina.sinceMidnightUTC == .seconds(16 * 3600))
    }
}
