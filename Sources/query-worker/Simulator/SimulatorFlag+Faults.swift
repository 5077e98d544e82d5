extension SimulatorFlag {
    /// What goes wrong by chance, and what ends it all.
    static let faults: [String: SimulatorFlag] = [
        "--busy-rate": rate(\.faults.busy),
        "--limited-rate": rate(\.faults.limited),
        "--http-error-rate": rate(\.faults.httpError),
        "--unavailable-rate": rate(\.faults.unavailable),
        "--drop-rate": rate(\.faults.dropped),
        "--broken-json-rate": rate(\.faults.brokenJSON),
        "--retry-after": SimulatorFlag("the header's text, as in 120") {
            $0.troubles.retryAfter = .text($1)
            return !$1.isEmpty
        },
        "--retry-after-date": SimulatorFlag("a whole number of seconds from now, as in 120; may be negative") {
            guard let seconds = Int32($1) else { return false }
            $0.troubles.retryAfter = .date(seconds: Int64(seconds))
            return true
        },
        "--no-retry-after": .switch { $0.troubles.retryAfter = nil },
        "--down": .switch(\.troubles.isDown, to: true),
        "--up": .switch(\.troubles.isDown, to: false),
        "--token-hang": .switch(\.troubles.tokensHang, to: true),
        "--no-token-hang": .switch(\.troubles.tokensHang, to: false),
        "--clear-faults": .switch { $0.clearFaults() },
    ]

    /// What WeChat refuses, to all or to some.
    static let refusals: [String: SimulatorFlag] = [
        "--error": error(\.troubles.errors),
        "--no-error": .switch { $0.troubles.errors.removeAll() },
        "--error-at-token": error(\.troubles.tokenErrors),
        "--no-error-at-token": .switch { $0.troubles.tokenErrors.removeAll() },
        "--daily-quota": quota(\.troubles.dayQuota),
        "--no-daily-quota": .switch { $0.troubles.dayQuota = SimulatedQuota(perMinute: false) },
        "--minute-quota": quota(\.troubles.minuteQuota),
        "--no-minute-quota": .switch { $0.troubles.minuteQuota = SimulatedQuota(perMinute: true) },
        "--flap-rate": SimulatorFlag("[APPID:]RATE, as in 0.45 or wx0123:0.45") {
            guard let (appid, text) = perAccount($1), let rate = probability(text) else { return false }
            $0.troubles.flapping.rates.set(rate, for: appid)
            return true
        },
        "--flap-bursts": duration(\.troubles.flapping.burst),
        "--refuse-ip": .switch(\.troubles.refusesAddressOfQueries, to: true),
        "--no-refuse-ip": .switch(\.troubles.refusesAddressOfQueries, to: false),
        "--refuse-ip-at-token": .switch(\.troubles.refusesAddressOfTokens, to: true),
        "--no-refuse-ip-at-token": .switch(\.troubles.refusesAddressOfTokens, to: false),
    ]

    private static func error(
        _ path: any WritableKeyPath<SimulatorOptions, SimulatedErrors> & Sendable
    ) -> SimulatorFlag {
        SimulatorFlag("[APPID:]CODE[=RATE], as in 48001 or wx0123:-1=0.2") {
            guard let (appid, value) = perAccount($1) else { return false }
            let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let code = Int(parts[0]), code != 0, let rate = parts.count > 1 ? probability(parts[1]) : 1 else {
                return false
            }
            $0[keyPath: path].set(SimulatedErrorCode(rawValue: code), rate: rate, for: appid)
            return true
        }
    }

    private static func quota(
        _ path: any WritableKeyPath<SimulatorOptions, SimulatedQuota> & Sendable
    ) -> SimulatorFlag {
        SimulatorFlag("[APPID:]N, a number of calls, as in 100 or wx0123:100") {
            guard let (appid, text) = perAccount($1), let limit = Int(text), limit >= 0 else { return false }
            $0[keyPath: path].set(limit, for: appid)
            return true
        }
    }
}
