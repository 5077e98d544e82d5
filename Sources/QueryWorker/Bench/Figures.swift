/// Numbers as people read them.
package enum Figures {
    /// `12,345`.
    package static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// Three digits or more: `0.123`, `4.57`, `45.7`, `457`, `4,570`. A dash for what is not known.
    package static func short(_ number: Double?) -> String {
        guard let number else { return "-" }
        let digits =
            switch number.magnitude {
            case 0: 0
            case ..<0.9995: 3
            case ..<9.995: 2
            case ..<99.95: 1
            default: 0
            }
        return fixed(number, digits: digits)
    }

    /// With so many digits behind the point. A dash for what is no number.
    package static func fixed(_ number: Double, digits: Int) -> String {
        guard number.isFinite, number.magnitude < 1e12 else { return "-" }
        let power = (0..<digits).reduce(1) { power, _ in power * 10 }
        let scaled = Int((number.magnitude * Double(power)).rounded())
        let text = grouped(scaled / power) + (digits > 0 ? "." + padded(scaled % power, digits) : "")
        return number < 0 && scaled > 0 ? "-" + text : text
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
