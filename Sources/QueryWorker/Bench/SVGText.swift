/// Writes the few elements of SVG that a chart needs.
struct SVGText {
    private var text: String

    init(width: Double, height: Double, title: String) {
        let size = "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\""
        text = """
            <svg xmlns="http://www.w3.org/2000/svg" \(size) viewBox="0 0 \(Self.number(width)) \(Self.number(height))" \
            font-family="system-ui, sans-serif" role="img">
            <title>\(Self.escaped(title))</title>
            <rect width="100%" height="100%" fill="#fff"/>

            """
    }

    mutating func text(
        _ x: Double, _ y: Double, _ string: String, size: Double, color: String = "#222", isBold: Bool = false,
        anchor: String = "start", hasHalo: Bool = false
    ) {
        // A label stays readable where a line passes behind it.
        let halo = hasHalo ? " stroke=\"#fff\" stroke-width=\"3\" paint-order=\"stroke\"" : ""
        let weight = isBold ? " font-weight=\"600\"" : ""
        text += "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" "
        text += "fill=\"\(color)\" text-anchor=\"\(anchor)\"\(weight)\(halo)>\(Self.escaped(string))</text>\n"
    }

    mutating func line(
        _ points: [(Double, Double)], color: String, width: Double = 1, isDashed: Bool = false
    ) {
        let list = points.map { "\(Self.number($0)),\(Self.number($1))" }.joined(separator: " ")
        let dashes = isDashed ? " stroke-dasharray=\"5 4\"" : ""
        text += "<polyline points=\"\(list)\" fill=\"none\" stroke=\"\(color)\" stroke-width=\"\(Self.number(width))\""
        text += "\(dashes)/>\n"
    }

    mutating func dot(_ x: Double, _ y: Double, color: String) {
        text += "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"3.5\" fill=\"\(color)\"/>\n"
    }

    consuming func end() -> String { text + "</svg>\n" }

    /// To a tenth of a pixel, and not far off the picture.
    private static func number(_ value: Double) -> String {
        let value = value.isFinite ? (min(max(value, -10_000), 10_000) * 10).rounded() / 10 : 0
        return value == value.rounded() ? String(Int(value)) : String(value)
    }

    private static func escaped(_ string: String) -> String {
        var escaped = ""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            // What XML 1.0 has no place for.
            case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}": escaped += " "
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
