/// Writes metrics in Prometheus' text format, version 0.0.4.
struct PrometheusText {
    typealias Labels = KeyValuePairs<StaticString, String>

    private(set) var bytes: [UInt8] = []
    private var name = ""

    init() { bytes.reserveCapacity(16_384) }

    enum Kind: String {
        case counter
        case gauge
        case histogram
    }

    /// Begins a metric; its samples follow.
    /// - Parameter help: one line.
    mutating func begin(_ name: String, _ kind: Kind, _ help: StaticString) {
        self.name = name
        put("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
    }

    mutating func sample(_ value: Double, _ labels: Labels = [:]) { sample(name, value, labels, bound: nil) }

    mutating func sample(_ value: some BinaryInteger, _ labels: Labels = [:]) { sample(Double(value), labels) }

    mutating func sample(_ flag: Bool, _ labels: Labels = [:]) { sample(flag ? 1 : 0, labels) }

    mutating func sample(_ histogram: Histogram, _ labels: Labels = [:]) {
        for bound in histogram.scale.published {
            sample("\(name)_bucket", Double(histogram.cumulativeCount(upTo: bound)), labels, bound: text(of: bound))
        }
        let count = Double(histogram.count)
        sample("\(name)_bucket", count, labels, bound: "+Inf")
        sample("\(name)_sum", histogram.sum, labels, bound: nil)
        sample("\(name)_count", count, labels, bound: nil)
    }

    private mutating func sample(_ name: String, _ value: Double, _ labels: Labels, bound: String?) {
        put(name)
        var separator = "{"
        for (label, text) in labels {
            put("\(separator)\(label)=\"")
            putEscaped(text)
            put("\"")
            separator = ","
        }
        if let bound {
            put("\(separator)le=\"\(bound)\"")
            separator = ","
        }
        if separator == "," { put("}") }
        put(" \(text(of: value))\n")
    }

    private func text(of value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? value.description
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func putEscaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            default: bytes.append(byte)
            }
        }
    }
}
