/// Makes a text from outside fit to be logged and published: no secrets, no more than 512 bytes.
package enum Redaction {
    package static let maxBytes = 512

    private static let mask = "***"

    /// Names whose values are secret, whether in a query (`name=value`) or in JSON (`"name":"value"`).
    private static let names = ["access_token", "refresh_token", "secret", "ticket"]

    /// - Parameter secrets: values known to the caller, masked wherever and however they appear.
    package static func text(_ text: String, secrets: [String] = []) -> String {
        var text = text
        for secret in secrets where !secret.isEmpty { text = masking(secret, in: text) }
        for name in names where text.contains(name) { text = maskingValue(of: name, in: text) }
        return cut(text)
    }

    private static func masking(_ secret: String, in text: String) -> String {
        text.contains(secret)
            ? text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: mask) : text
    }

    private static func maskingValue(of name: String, in text: String) -> String {
        var result = ""
        var rest = text[...]
        while let match = rest.firstRange(of: name) {
            result += rest[..<match.upperBound]
            rest = rest[match.upperBound...]
            // Without a separator it is prose: "access_token is invalid".
            guard let value = startOfValue(rest) else { continue }
            result += rest[..<value] + mask
            rest = rest[value...].drop { !endsValue($0) }
        }
        return result + rest
    }

    private static func startOfValue(_ text: Substring) -> Substring.Index? {
        let afterName = text.drop { isQuote($0) || $0 == " " }
        let separator: Substring
        if afterName.hasPrefix("=") || afterName.hasPrefix(":") {
            separator = afterName.dropFirst()
        } else if afterName.lowercased().hasPrefix("%3d") {
            separator = afterName.dropFirst(3)
        } else {
            return nil
        }
        let value = separator.drop { isQuote($0) || $0 == " " }
        return value.first.map(endsValue) ?? true ? nil : value.startIndex
    }

    private static func isQuote(_ character: Character) -> Bool {
        character == "\"" || character == "'" || character == "\\"
    }

    private static func endsValue(_ character: Character) -> Bool {
        isQuote(character) || character.isWhitespace || "&,;}])<>".contains(character)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maxBytes else { return text }
        var end = text.startIndex
        while end < text.endIndex {
            let next = text.index(after: end)
            guard text.utf8.distance(from: text.startIndex, to: next) <= maxBytes else { break }
            end = next
        }
        return String(text[..<end])
    }
}
