extension JSONWriter {
    package mutating func integer(_ value: Int) { integer(Int64(value)) }
    package mutating func integer(_ value: Int32) { integer(Int64(value)) }
    package mutating func integer(_ value: Int64) { integer(isNegative: value < 0, magnitude: value.magnitude) }
    package mutating func integer(_ value: UInt64) { integer(isNegative: false, magnitude: value) }

    private mutating func integer(isNegative: Bool, magnitude: UInt64) {
        begin(room: 21)
        if isNegative { put(UInt8(ascii: "-")) }
        put(decimal: magnitude)
    }

    /// The shortest text that reads back as the same number. JSON has no infinity and no NaN: they become null.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        raw(Array(value.description.utf8))
    }

    package mutating func string(_ value: String) {
        value.utf8Span.span.withUnsafeBufferPointer { string(utf8: $0) }
    }

    /// - Parameter utf8: must be valid UTF-8, as a `JSONValue`'s strings are.
    package mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
        let isPlain = !utf8.needsEscapingInJSON
        // Escaped, a byte can take six.
        let escapes = isPlain ? 0 : utf8.count { $0.mustBeEscapedInJSON }
        begin(room: utf8.count + 5 * escapes + 2)
        put(UInt8(ascii: "\""))
        if isPlain { put(utf8) } else { putEscaped(utf8) }
        put(UInt8(ascii: "\""))
    }

    private mutating func putEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        for byte in utf8 {
            guard byte.mustBeEscapedInJSON else {
                put(byte)
                continue
            }
            put(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): put(byte)
            case UInt8(ascii: "\n"): put(UInt8(ascii: "n"))
            case UInt8(ascii: "\r"): put(UInt8(ascii: "r"))
            case UInt8(ascii: "\t"): put(UInt8(ascii: "t"))
            default:
                let hexadecimal = Array("0123456789abcdef".utf8)
                for digit in "u00".utf8 { put(digit) }
                put(hexadecimal[Int(byte >> 4)])
                put(hexadecimal[Int(byte & 15)])
            }
        }
    }
}

extension UInt8 {
    fileprivate var mustBeEscapedInJSON: Bool {
        self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\")
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Reads on after a hit: without an early exit the compiler checks 16 bytes at a time, and hits are rare.
    var needsEscapingInJSON: Bool { reduce(0) { $0 | ($1.mustBeEscapedInJSON ? 1 : 0) } != 0 }
}
