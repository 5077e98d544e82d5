internal import JSON

/// How long something took, in milliseconds; nil where it never happened.
package struct LatencyPercentiles: Sendable, Hashable {
    package var p50, p90, p99: Double?

    package init(p50: Double? = nil, p90: Double? = nil, p99: Double? = nil) {
        self.p50 = p50
        self.p90 = p90
        self.p99 = p99
    }

    init(_ value: JSONValue?) {
        self.init(p50: value?["p50"]?.double, p90: value?["p90"]?.double, p99: value?["p99"]?.double)
    }

    /// Of two workers, the slower one's.
    func slower(_ other: Self) -> Self {
        func larger(_ one: Double?, _ other: Double?) -> Double? { [one, other].compactMap { $0 }.max() }
        return Self(p50: larger(p50, other.p50), p90: larger(p90, other.p90), p99: larger(p99, other.p99))
    }
}
