internal import EventLoop
internal import WeChat

extension ValueSyntax where Value == QuotaReset {
    /// A time of day with its zone: `00:00+08:00`, `16:00Z`.
    static var timeOfDay: Self {
        ValueSyntax(
            wanted: "a time of day with its zone, such as 00:00+08:00 or 16:00Z", parse: parseTimeOfDay,
            format: { reset in
                let inChina = (reset.sinceMidnightUTC.wholeMilliseconds / 60_000 + 8 * 60) % 1440
                return "\(twoDigits(inChina / 60)):\(twoDigits(inChina % 60))+08:00"
            })
    }
}

extension ValueSyntax where Value == CallRate {
    /// A number of calls and a unit of time: `10/s`, `600/m`, `5000/h`.
    static var callRate: Self {
        ValueSyntax(
            wanted: "a number of calls from 1 to 1000000 and a unit of time, such as 10/s, 600/m or 5000/h",
            parse: { text in
                let parts = text.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 2, let unit = ratePeriods.first(where: { $0.name == parts[1] }),
                    parts[0].utf8.allSatisfy({ (48...57).contains($0) }), let calls = Int(parts[0]),
                    (1...1_000_000).contains(calls)
                else { return nil }
                return CallRate(calls: calls, per: unit.period)
            },
            format: { rate in
                let unit = ratePeriods.first { $0.period == rate.period }?.name ?? ""
                return "\(rate.calls)/\(unit)"
            })
    }
}

private let ratePeriods: [(name: String, period: Duration)] = [
    ("s", .seconds(1)), ("m", .seconds(60)), ("h", .seconds(3600)),
]

private func parseTimeOfDay(_ text: String) -> QuotaReset? {
    guard let time = minutes(text.prefix(5)) else { return nil }
    let zone = text.dropFirst(5)
    var minute = time
    if zone != "Z" {
        guard let sign = zone.first, sign == "+" || sign == "-", let offset = minutes(zone.dropFirst()) else {
            return nil
        }
        minute -= sign == "+" ? offset : -offset
    }
    return QuotaReset(sinceMidnightUTC: .seconds((minute + 2880) % 1440 * 60))
}

/// Of `hh:mm`.
private func minutes(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (48...57).contains($0) } }),
        let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
}

private func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
