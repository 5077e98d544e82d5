/// Makes a text from outside fit to be logged and published: no secrets, no more than 512 bytes.
///
/// Searches bytes, not characters: a combining mark behind a secret would make another character of its last one, and
/// the secret would not be found.
package enum Redaction {
    package static let maxBytes = 512

    private static let mask = Array("***".utf8)

    /// Names whose values are secret, whether in a query (`name=value`) or in JSON (`"name":"value"`).
    private static let names = ["access_token", "refresh_token", "secret", "ticket"].map { Array($0.utf8) }

    /// - Parameter secrets: values known to the caller, masked wherever they appear, also escaped for a URL or for JSON.
    package static func text(_ text: String, secrets: [String] = []) -> String {
        var bytes = Array(text.utf8)
        for secret in secrets where !secret.isEmpty {
            for form in forms(of: secret) { bytes = masking(form, in: bytes) }
        }
        for name in names { bytes = maskingValues(of: name, in: bytes) }
        return cut(String(decoding: bytes, as: UTF8.self))
    }

    private static func forms(of secret: String) -> Set<[UInt8]> {
        let escaped = secret.percentEncoded
        let slashes = secret.split(separator: "/", omittingEmptySubsequences: false).joined(separator: "\\/")
        return Set([secret, escaped, escaped.percentCodesLowercased, slashes].map { Array($0.utf8) })
    }

    private static func masking(_ secret: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let match = rest.firstRange(of: secret) {
            result += rest[..<match.lowerBound] + mask
            rest = rest[match.upperBound...]
        }
        return result + rest
    }

    private static func maskingValues(of name: [UInt8], in bytes: [UInt8]) -> [UInt8] {
        let lowered = bytes.map(lowercased)
        var result: [UInt8] = []
        var position = 0
        while let match = lowered[position...].firstRange(of: name) {
            result += bytes[position..<match.upperBound]
            position = match.upperBound
            // Without a separator it is prose: "access_token is invalid".
            guard let value = startOfValue(lowered[position...]) else { continue }
            result += bytes[position..<value] + mask
            position = bytes[value...].firstIndex(where: endsValue) ?? bytes.endIndex
        }
        return result + bytes[position...]
    }

    private static func startOfValue(_ bytes: ArraySlice<UInt8>) -> Int? {
        let afterName = bytes.drop { isQuote($0) || $0 == UInt8(ascii: " ") }
        let separator: ArraySlice<UInt8>
        if afterName.first == UInt8(ascii: "=") || afterName.first == UInt8(ascii: ":") {
            separator = afterName.dropFirst()
        } else if afterName.starts(with: "%3d".utf8) {
            separator = afterName.dropFirst(3)
        } else {
            return nil
        }
        let value = separator.drop { isQuote($0) || $0 == UInt8(ascii: " ") }
        return value.first.map(endsValue) ?? true ? nil : value.startIndex
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    private static func isQuote(_ byte: UInt8) -> Bool { "\"'\\".utf8.contains(byte) }

    private static func endsValue(_ byte: UInt8) -> Bool { isQuote(byte) || " \t\r\n&,;}])<>".utf8.contains(byte) }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maxBytes else { return text }
        var end = text.startIndex
        while end < text.endIndex {
            let next = text.index(after: end)
            guard text.utf8.distance(from: text.startIndex, to: next) <= maxBytes else { break }
            end = next
        }
        // One character, of a letter and hundreds of marks, can be longer than the limit.
        if end == text.startIndex {
            end = text.utf8.index(end, offsetBy: maxBytes)
            while UTF8.isContinuation(text.utf8[end]) { end = text.utf8.index(before: end) }
        }
        return String(text[..<end])
    }
}
