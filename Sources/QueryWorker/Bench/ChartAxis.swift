internal import Glibc

/// A scale from 0 up, with a few round marks.
struct ChartAxis: Sendable, Equatable {
    let marks: [Double]
    /// Where the scale ends: at its last mark.
    let end: Double
    /// As many digits behind the point as the marks need.
    private let digits: Int

    /// - Parameter largest: what must have room below the end, with some above for its label.
    init(largest: Double) {
        let wanted = largest.isFinite && largest > 0 ? min(max(largest, 1e-9), 1e15) * 1.12 : 1
        let power = pow(10, floor(log10(wanted / 4)))
        let step = [1, 2, 2.5, 5, 10].map { $0 * power }.first { $0 * 4 >= wanted } ?? 10 * power
        let count = Int((wanted / step).rounded(.up))
        marks = (0...count).map { Double($0) * step }
        end = Double(count) * step
        digits = (0...6).first { (step * pow(10, Double($0))).truncatingRemainder(dividingBy: 1) == 0 } ?? 6
    }

    func text(_ mark: Double) -> String { Figures.fixed(mark, digits: digits) }
}
