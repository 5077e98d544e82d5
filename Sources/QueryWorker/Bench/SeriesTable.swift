/// Runs, or series of runs, one a line.
package struct SeriesTable: Sendable {
    private let table: TextTable
    private let hasSpread: Bool

    /// - Parameters:
    ///   - first: heads the column that tells lines apart.
    ///   - width: of that column.
    ///   - hasSpread: with the least and the most of several runs.
    package init(_ first: String, width: Int, hasSpread: Bool) {
        let spread = hasSpread ? ["least to most"] : []
        table = TextTable(
            [first, "jobs/s"] + spread + ["of ideal", "CPU µs/job"] + spread + ["peak MB", "p50 ms", "p99 ms"],
            widths: [width, 8] + (hasSpread ? [17] : []) + [8, 10] + (hasSpread ? [13] : []) + [8, 8, 8])
        self.hasSpread = hasSpread
    }

    package var header: String { table.headerLine }

    package func line(_ series: BenchSeries) -> String {
        let ideal = series.runs[0].settings.idealRate.map { series.jobsPerSecond.median / $0 }
        let cells =
            [series.name] + cells(series.jobsPerSecond) + [
                ideal.map { "\(Figures.fixed($0 * 100, digits: 0)) %" } ?? "-"
            ]
            + cells(series.cpuPerJob)
            + [
                Figures.short(series.peakBytes.median / 1_000_000), Figures.short(series.latency(\.p50, of: .process)),
                Figures.short(series.latency(\.p99, of: .process)),
            ]
        return table.line(cells) + (series.isExactlyOneEach ? "" : "  WRONG: not one reply each")
    }

    private func cells(_ spread: Spread) -> [String] {
        let range = "\(Figures.short(spread.min)) to \(Figures.short(spread.max))"
        return [Figures.short(spread.median)] + (hasSpread ? [range] : [])
    }
}
