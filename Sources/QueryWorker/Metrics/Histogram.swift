internal import EventLoop

/// How often values of which size came: for percentiles, and for a Prometheus histogram.
///
/// A value costs a search among some 150 bounds and one addition, and no memory. Percentiles are off by less than the
/// distance of two neighbouring bounds, which is 5 to 20 percent.
struct Histogram: Sendable, Equatable {
    let scale: Scale
    /// Values up to `scale.bounds[index]` and above the bound before; the last counts what is above all.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(_ scale: Scale) {
        self.scale = scale
        counts = [Int](repeating: 0, count: scale.bounds.count + 1)
    }

    var count: Int { counts.reduce(0, +) }

    mutating func observe(_ value: Double) {
        counts[scale.index(of: value)] += 1
        sum += value
    }

    mutating func observe(_ duration: Duration) { observe(max(0, duration.inSeconds)) }

    /// The values that came since `earlier`, an older copy of this one.
    func since(_ earlier: Histogram) -> Histogram {
        var difference = self
        for index in counts.indices { difference.counts[index] -= earlier.counts[index] }
        difference.sum -= earlier.sum
        return difference
    }

    static func += (left: inout Histogram, right: Histogram) {
        for index in left.counts.indices { left.counts[index] += right.counts[index] }
        left.sum += right.sum
    }

    /// The value that the share `fraction` of all does not exceed; nil without values. Above the last bound: that bound.
    func percentile(_ fraction: Double) -> Double? {
        let total = count
        guard total > 0 else { return nil }
        let rank = fraction * Double(total)
        var below = 0
        for (index, count) in counts.enumerated() where count > 0 {
            if Double(below + count) >= rank {
                guard index < scale.bounds.count else { break }
                let lower = index == 0 ? 0 : scale.bounds[index - 1]
                return lower + (scale.bounds[index] - lower) * max(0, rank - Double(below)) / Double(count)
            }
            below += count
        }
        return scale.bounds.last
    }

    /// How many values do not exceed `bound`, which is one of the scale's.
    func cumulativeCount(upTo bound: Double) -> Int { counts[...scale.index(of: bound)].reduce(0, +) }
}

extension Histogram {
    /// The bounds that values are sorted by, and which of them are published.
    enum Scale: Sendable, Equatable {
        /// Seconds, from 10 µs to two hours and a half.
        case time
        /// Things, from one to 100,000.
        case count

        var bounds: [Double] {
            switch self {
            case .time: Self.times
            case .count: Self.numbers
            }
        }

        /// What Prometheus gets: fewer, since each is a time series. Those of OpenTelemetry's conventions, and some at each
        /// end.
        var published: [Double] {
            switch self {
            case .time:
                [
                    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60,
                ]
            case .count: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
            }
        }

        /// The first bound that is not below `value`.
        func index(of value: Double) -> Int {
            let bounds = bounds
            var low = 0
            var high = bounds.count
            while low < high {
                let middle = (low + high) / 2
                if bounds[middle] < value { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// In units of which each decade is a whole number, so that a published bound is the very number above.
        private static let steps = [10, 11, 12, 13, 15, 17, 20, 22, 25, 30, 35, 40, 45, 50, 60, 70, 75, 80, 90]

        private static let times: [Double] = (0...8).flatMap { decade in
            steps.map { Double($0 * power(of: 10, decade)) / 1_000_000 }
        }

        private static let numbers: [Double] = (0...4).flatMap { decade in
            steps.map { Double($0 * power(of: 10, decade)) / 10 }
        }

        private static func power(of base: Int, _ exponent: Int) -> Int {
            (0..<exponent).reduce(1) { power, _ in power * base }
        }
    }
}
