internal import EventLoop

/// One line in the making: bytes that never exceed `limit`, whatever is put in.
///
/// What does not fit is cut inside the value that reaches the limit, and the line says so (`truncated`); JSON stays
/// valid JSON.
struct LogLine {
    /// Room for a long error text, and small enough for a pipe's buffer and for every log collector.
    static let limit = 8192

    private(set) var bytes: [UInt8] = []
    private let format: LogFormat
    private var isTruncated = false

    init(format: LogFormat, time: WallTime, level: LogLevel, message: StaticString) {
        self.format = format
        bytes.reserveCapacity(256)
        switch format {
        case .json:
            put(#"{"ts":""#)
            time.appendRFC3339(to: &bytes)
            put(#"","level":""#)
            put(level.name)
            put(#"","message":"#)
            appendQuoted(message.description)
        case .text:
            time.appendRFC3339(to: &bytes)
            let name = level.name.uppercased()
            put(" \(name)\(String(repeating: " ", count: 8 - name.utf8.count))")
            appendEscaped(message.description)
        }
    }

    mutating func append(_ metadata: LogMetadata) {
        for (key, value) in metadata.members where !isTruncated { append(key: key, value: value) }
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// The whole line. Nothing may be appended afterwards.
    consuming func finished() -> [UInt8] {
        switch format {
        case .json: put(isTruncated ? #","truncated":true}"# : "}")
        case .text: put(isTruncated ? " truncated=true" : "")
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    /// Bytes that may still be used, the line's ending and a closing quote kept free.
    private var room: Int { Self.limit - 24 - bytes.count }

    private mutating func append(key: StaticString, value: LogValue) {
        let start = bytes.count
        switch format {
        case .json: put(",\"\(key)\":")
        case .text: put(" \(key)=")
        }
        guard room >= 32 else {
            bytes.removeSubrange(start...)
            isTruncated = true
            return
        }
        switch value {
        case .integer(let integer): put(String(integer))
        case .flag(let flag): put(String(flag))
        // JSON has no word for infinity and its like.
        case .number(let number) where !number.isFinite && format == .json: appendQuoted("\(number)")
        case .number(let number): put("\(number)")
        case .string(let string) where format == .text && Self.isPlain(string): appendEscaped(string)
        case .string(let string): appendQuoted(string)
        }
    }

    /// Whether the value reads as one word behind its `=`.
    private static func isPlain(_ string: String) -> Bool {
        !string.isEmpty && string.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c }
    }

    private mutating func appendQuoted(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        appendEscaped(string)
        bytes.append(UInt8(ascii: "\""))
    }

    /// JSON's escapes, which keep text on one line too; C1 controls as well, which terminals obey.
    private mutating func appendEscaped(_ string: String) {
        for scalar in string.unicodeScalars {
            guard room >= 6 else {
                isTruncated = true
                return
            }
            switch scalar {
            case "\"", "\\": bytes += [UInt8(ascii: "\\"), UInt8(scalar.value)]
            case "\n": put(#"\n"#)
            case "\r": put(#"\r"#)
            case "\t": put(#"\t"#)
            case "\0"..."\u{1f}", "\u{7f}"..."\u{9f}":
                let hexadecimal = String(scalar.value, radix: 16)
                put(#"\u\#(String(repeating: "0", count: 4 - hexadecimal.count))\#(hexadecimal)"#)
            default: bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
    }
}
