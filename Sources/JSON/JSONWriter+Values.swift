extension JSONWriter {
    @inlinable
    package mutating func integer<Integer: FixedWidthInteger>(_ value: Integer) {
        if let magnitude = UInt64(exactly: value.magnitude) {
            integer(isNegative: value < 0, magnitude: magnitude)
        } else {
            raw(Array(String(value).utf8))
        }
    }

    @usableFromInline
    package mutating func integer(isNegative: Bool, magnitude: UInt64) {
        separate()
        if isNegative { bytes.append(UInt8(ascii: "-")) }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = magnitude
            var start = digits.count
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            bytes.append(contentsOf: digits[start...])
        }
        needsComma = true
    }

    /// The shortest text that reads back as the same number. JSON has no infinity and no NaN: they become null.
    package mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        raw(Array(value.description.utf8))
    }

    package mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { string(utf8: $0) }
    }

    /// - Parameter utf8: must be valid UTF-8, as a `JSONValue`'s strings are.
    package mutating func string(utf8: UnsafeBufferPointer<UInt8>) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        if utf8.needsEscapingInJSON { appendEscaped(utf8) } else { bytes.append(contentsOf: utf8) }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        for byte in utf8 {
            guard byte.mustBeEscapedInJSON else {
                bytes.append(byte)
                continue
            }
            bytes.append(UInt8(ascii: "\\"))
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
            case UInt8(ascii: "\n"): bytes.append(UInt8(ascii: "n"))
            case UInt8(ascii: "\r"): bytes.append(UInt8(ascii: "r"))
            case UInt8(ascii: "\t"): bytes.append(UInt8(ascii: "t"))
            default:
                let hexadecimal = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: "u00".utf8)
                bytes.append(hexadecimal[Int(byte >> 4)])
                bytes.append(hexadecimal[Int(byte & 15)])
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
