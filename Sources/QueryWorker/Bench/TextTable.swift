/// Columns for a terminal: the first one to the left, numbers to the right.
package struct TextTable: Sendable {
    private let widths: [Int]
    private let header: [String]

    /// - Parameter widths: the least of each column, for rows that are printed before the next ones are known.
    package init(_ header: [String], widths: [Int] = []) {
        self.header = header
        self.widths = header.indices.map { max(header[$0].count, $0 < widths.count ? widths[$0] : 0) }
    }

    package var headerLine: String { line(header) }

    package func line(_ cells: [String]) -> String {
        let padded = zip(cells, widths).enumerated().map { index, cell in
            let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
            return index == 0 ? cell.0 + space : space + cell.0
        }
        return padded.joined(separator: "  ")
    }
}
