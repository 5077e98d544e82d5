/// A host and an optional port, as they stand in URLs and in lists of brokers.
struct AuthorityParts {
    let host: Substring
    let port: Int?

    /// - Returns: nil unless `text` is `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
    init?(_ text: Substring, ports: ClosedRange<Int> = 1...65_535) {
        let rest: Substring
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard !host.isEmpty, host.utf8.allSatisfy(Self.isIPv6Byte) else { return nil }
        } else {
            let end = text.firstIndex(of: ":") ?? text.endIndex
            host = text[..<end]
            rest = text[end...]
            guard !host.isEmpty, host.utf8.allSatisfy(isNameByte) else { return nil }
        }
        if rest.isEmpty {
            port = nil
        } else {
            let digits = rest.dropFirst()
            guard rest.first == ":", digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
                ports.contains(number)
            else { return nil }
            port = number
        }
    }

    /// Whether what is sent there stays on this machine.
    var isLoopback: Bool {
        host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    }

    /// Hexadecimal digits, colons, dots (an embedded IPv4 address) and a zone.
    private static func isIPv6Byte(_ byte: UInt8) -> Bool { isNameByte(byte) || byte == 0x3a || byte == 0x25 }
}
