internal import EventLoop

/// The time of day at which WeChat gives an account its day's quota anew. Not documented; observed after midnight in China.
package struct QuotaReset: Sendable, Equatable {
    /// Since midnight UTC, from 0 to a day.
    package let sinceMidnightUTC: Duration

    package init(sinceMidnightUTC: Duration) { self.sinceMidnightUTC = sinceMidnightUTC }

    /// 00:00 in China.
    package static let midnightInChina = QuotaReset(sinceMidnightUTC: .seconds(16 * 3600))

    func next(after time: WallTime) -> WallTime {
        let day: Int64 = 86_400_000
        let reset = sinceMidnightUTC.wholeMilliseconds
        // Rounded down, where `/` rounds towards 1970.
        let sinceReset = ((time.millisecondsSince1970 - reset) % day + day) % day
        return WallTime(millisecondsSince1970: time.millisecondsSince1970 - sinceReset + day)
    }
}
