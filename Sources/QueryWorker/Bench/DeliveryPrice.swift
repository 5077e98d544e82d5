/// What exactly once costs beside at least once, in percent of the latter.
package struct DeliveryPrice: Sendable, Hashable {
    /// Positive where exactly once is slower.
    package let rate: Double
    /// Positive where exactly once takes more.
    package let cpu: Double

    package init(exactlyOnce: BenchSeries, atLeastOnce: BenchSeries) {
        func percent(_ value: Double, of whole: Double) -> Double { whole > 0 ? (value / whole - 1) * 100 : 0 }
        rate = -percent(exactlyOnce.jobsPerSecond.median, of: atLeastOnce.jobsPerSecond.median)
        cpu = percent(exactlyOnce.cpuPerJob.median, of: atLeastOnce.cpuPerJob.median)
    }

    package var text: String {
        "The price of exactly once: \(Self.text(rate, "fewer", "more")) jobs/s, \(Self.text(cpu, "more", "less")) CPU per job."
    }

    private static func text(_ percent: Double, _ positive: String, _ negative: String) -> String {
        "\(Figures.fixed(percent.magnitude, digits: 1)) % \(percent < 0 ? negative : positive)"
    }
}
