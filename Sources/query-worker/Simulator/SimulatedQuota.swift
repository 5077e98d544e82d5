internal import EventLoop

/// How many query calls an account may make, in all or in each minute. Counts from when it was set, for each account.
struct SimulatedQuota: Sendable {
    private struct Use {
        var minute: Int64
        var calls = 0
    }

    private let isPerMinute: Bool
    private var used: [String: Use] = [:]
    private(set) var limits = SimulatedSetting<Int>()

    init(perMinute isPerMinute: Bool) { self.isPerMinute = isPerMinute }

    mutating func set(_ limit: Int, for appid: String?) {
        limits.set(limit, for: appid)
        if let appid { used[appid] = nil } else { used = [:] }
    }

    /// Counts a call. False if the account has no more.
    mutating func take(for appid: String, at wallTime: WallTime) -> Bool {
        guard let limit = limits[appid] else { return true }
        let minute = isPerMinute ? wallTime.millisecondsSince1970 / 60_000 : 0
        var use = used[appid] ?? Use(minute: minute)
        if use.minute != minute { use = Use(minute: minute) }
        defer { used[appid] = use }
        guard use.calls < limit else { return false }
        use.calls += 1
        return true
    }
}
