/// An access token. Whoever has it acts for the account, so it prints as `***`.
package struct AccessToken: Hashable, Sendable {
    /// For the URL of a call, and nothing else.
    let value: String
    /// The query that carries it. Bytes that mean something in a URL are escaped: a token can come from a file.
    let query: String

    package init(_ value: String) {
        self.value = value
        query = Self.query(value)
    }

    private static func query(_ value: String) -> String {
        guard !value.utf8.allSatisfy(isPlain) else { return "access_token=" + value }
        return value.utf8.reduce(into: "access_token=") { query, byte in
            if isPlain(byte) {
                query.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                query += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
