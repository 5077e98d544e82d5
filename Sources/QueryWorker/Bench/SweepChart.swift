/// A sweep as an SVG: panels of one quantity each, one above the other, over the same steps. White behind, so that it can be
/// read on a dark page too.
package struct SweepChart: Sendable {
    package struct Panel: Sendable {
        /// With the unit.
        package var title: String
        /// One for each step; the line goes through the medians.
        package var values: [Spread]
        /// What cannot be exceeded, where it is known: a dashed line, as far as it fits in.
        package var limit: [Double?] = []
        package var limitTitle = ""

        package init(title: String, values: [Spread], limit: [Double?] = [], limitTitle: String = "") {
            self.title = title
            self.values = values
            self.limit = limit
            self.limitTitle = limitTitle
        }
    }

    package var title: String
    /// Small lines below the title.
    package var remarks: [String]
    package var stepTitle: String
    package var steps: [String]
    package var panels: [Panel]

    package init(title: String, remarks: [String], stepTitle: String, steps: [String], panels: [Panel]) {
        self.title = title
        self.remarks = remarks
        self.stepTitle = stepTitle
        self.steps = steps
        self.panels = panels
    }

    private static let width = 780.0
    private static let left = 84.0
    private static let right = 752.0
    private static let panelHeight = 190.0
    private static let panelSpace = 246.0
    private static let colors = ["#0b5cad", "#b3470e", "#3d7a1f"]

    private var firstPanel: Double { 78 + 17 * Double(remarks.count) }
    private var height: Double { firstPanel + Self.panelSpace * Double(panels.count) + 8 }

    package var svg: String {
        var svg = SVGText(width: Self.width, height: height, title: title)
        svg.text(24, 34, title, size: 18, isBold: true)
        for (index, remark) in remarks.enumerated() {
            svg.text(24, 55 + 17 * Double(index), remark, size: 12, color: "#555")
        }
        for (index, panel) in panels.enumerated() {
            let top = firstPanel + Self.panelSpace * Double(index)
            draw(panel, top: top, color: Self.colors[index % Self.colors.count], into: &svg)
        }
        svg.text(Self.right, height - 14, stepTitle, size: 12, color: "#555", anchor: "end")
        return svg.end()
    }

    private func draw(_ panel: Panel, top: Double, color: String, into svg: inout SVGText) {
        let axis = ChartAxis(largest: panel.values.map(\.max).max() ?? 0)
        let bottom = top + Self.panelHeight
        func height(of value: Double) -> Double { bottom - Self.panelHeight * value / axis.end }
        svg.text(24, top - 14, panel.title, size: 13, color: color, isBold: true)
        for mark in axis.marks {
            svg.line([(Self.left, height(of: mark)), (Self.right, height(of: mark))], color: "#ddd")
            svg.text(
                Self.left - 8, height(of: mark) + 4, axis.text(mark), size: 11, color: "#555", anchor: "end")
        }
        for (index, step) in steps.enumerated() {
            svg.text(position(index), bottom + 18, step, size: 12, anchor: "middle")
        }
        drawLimit(panel, below: axis.end, height, into: &svg)
        svg.line(points(panel, height), color: color, width: 2)
        for (index, spread) in panel.values.enumerated() {
            let x = position(index)
            svg.line([(x, height(of: spread.min)), (x, height(of: spread.max))], color: color)
            svg.dot(x, height(of: spread.median), color: color)
            svg.text(
                x, height(of: spread.max) - 9, Figures.short(spread.median), size: 12, anchor: "middle", hasHalo: true)
        }
    }

    private func drawLimit(
        _ panel: Panel, below end: Double, _ height: (Double) -> Double, into svg: inout SVGText
    ) {
        let points = panel.limit.enumerated().compactMap { index, limit in
            limit.flatMap { $0 <= end ? (position(index), height($0)) : nil }
        }
        guard !points.isEmpty else { return }
        svg.line(points, color: "#777", isDashed: true)
        svg.text(Self.right, height(end) - 8, "dashed: \(panel.limitTitle)", size: 11, color: "#555", anchor: "end")
    }

    private func points(_ panel: Panel, _ height: (Double) -> Double) -> [(Double, Double)] {
        panel.values.enumerated().map { (position($0), height($1.median)) }
    }

    private func position(_ step: Int) -> Double {
        Self.left + (Self.right - Self.left) * (Double(step) + 0.5) / Double(max(1, steps.count))
    }
}
