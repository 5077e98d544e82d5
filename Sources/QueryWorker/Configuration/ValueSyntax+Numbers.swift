internal import EventLoop

extension ValueSyntax where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Self {
        ValueSyntax(
            wanted: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            parse: { text in digits(text).flatMap { range.contains($0) ? $0 : nil } },
            format: { String($0) })
    }

    /// A number of bytes, `64MiB`, `1KiB` or plain.
    static func size(_ range: ClosedRange<Int>) -> Self {
        ValueSyntax(
            wanted: "a size from \(formatSize(range.lowerBound)) to \(formatSize(range.upperBound)), such as "
                + "512KiB, 64MiB, 2GiB or plain bytes",
            parse: { text in parseSize(text).flatMap { range.contains($0) ? $0 : nil } },
            format: formatSize)
    }
}

extension ValueSyntax where Value == Duration {
    /// A whole number and its unit: `250ms`, `5s`, `2m`, `1h`.
    static func duration(_ range: ClosedRange<Duration>) -> Self {
        ValueSyntax(
            wanted: "a duration from \(formatDuration(range.lowerBound)) to \(formatDuration(range.upperBound)), "
                + "such as 250ms, 5s, 2m or 1h",
            parse: { text in parseDuration(text).flatMap { range.contains($0) ? $0 : nil } },
            format: formatDuration)
    }
}

/// Only ASCII digits: no sign, no separators, no fraction.
private func digits(_ text: some StringProtocol) -> Int? {
    text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
}

/// The number that stands before the first of `units` with which `text` ends, times what the unit is worth.
private func number(_ text: String, units: [(suffix: String, worth: Int)]) -> Int? {
    for (suffix, worth) in units where text.hasSuffix(suffix) {
        guard let count = digits(text.dropLast(suffix.count)) else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: worth)
        return overflow ? nil : product
    }
    return nil
}

/// The largest unit that divides the number, with its count.
private func text(_ number: Int, units: [(suffix: String, worth: Int)]) -> String {
    for (suffix, worth) in units where number != 0 && number.isMultiple(of: worth) {
        return "\(number / worth)\(suffix)"
    }
    return "0\(units.last?.suffix ?? "")"
}

private let sizeUnits = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)]

private func parseSize(_ text: String) -> Int? { number(text, units: sizeUnits) }

private func formatSize(_ bytes: Int) -> String { text(bytes, units: sizeUnits) }

/// Largest first for writing; `ms` is looked for before `m` and `s` in reading, because it ends in `s`.
private let durationUnits = [("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)]

private func parseDuration(_ text: String) -> Duration? {
    number(text, units: durationUnits.reversed()).map { .milliseconds($0) }
}

/// Durations here are whole milliseconds, because they are read as such.
func formatDuration(_ duration: Duration) -> String { text(Int(duration.wholeMilliseconds), units: durationUnits) }
