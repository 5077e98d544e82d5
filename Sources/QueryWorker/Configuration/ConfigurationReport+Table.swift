extension ConfigurationReport {
    /// A table for people, a line per key, columns aligned.
    package var table: String {
        let heading = ["KEY", "VALUE", "DEFAULT", "UNIT", "FROM"]
        let rows =
            [heading] + settings.map { [$0.key, $0.value, $0.defaultText, $0.unit, "\($0.origin)"].map(Self.cell) }
        let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            return String(cells.joined(separator: "  ").trimmed) + "\n"
        }.joined()
    }

    /// Warnings and problems, a line each; empty if there are none.
    package var remarks: String {
        let warnings = warnings.map { "warning: \($0)\n" }.joined()
        return problems.isEmpty ? warnings : warnings + "\(ConfigurationError(problems: problems))\n"
    }

    /// What keeps a cell in its line and its place: a dash for nothing, no control characters.
    private static func cell(_ text: String) -> String {
        if text.isEmpty { return "-" }
        return hasControlCharacters(text) ? String(text.debugDescription.dropFirst().dropLast()) : text
    }
}
