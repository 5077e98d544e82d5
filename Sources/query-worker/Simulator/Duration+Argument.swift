extension Duration {
    /// Reads a whole number and its unit: `us`, `ms`, `s`, `m` or `h`. Nil for anything else, and above ten years.
    init?(argument text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits) else { return nil }
        let unit: Duration
        switch text[digits.endIndex...] {
        case "us": unit = .microseconds(1)
        case "ms": unit = .milliseconds(1)
        case "s": unit = .seconds(1)
        case "m": unit = .seconds(60)
        case "h": unit = .seconds(3600)
        default: return nil
        }
        guard count <= Int64(.seconds(315_360_000) / unit) else { return nil }
        self = unit * count
    }
}
