/// Numbers that JSON's grammar allows and 64 bits don't hold, such as 2^64 and 1e400.
enum JSONNumbers {
    /// Copies a JSON text; in place of each such number stands one that can be read, and that no integer field takes.
    static func replacingThoseOutOfRange(in text: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let start = position
            switch text[position] {
            case UInt8(ascii: "\""):
                position = endOfString(in: text, from: position)
                result.append(contentsOf: text[start..<position])
            case UInt8(ascii: "-"), 0x30...0x39:
                while position < text.count, isNumberByte(text[position]) { position += 1 }
                let number = text[start..<position]
                result.append(contentsOf: isOutOfRange(number) ? standIn[...] : ArraySlice(number))
            default:
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static let standIn = Array("1e99".utf8)

    private static func endOfString(in text: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start + 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position + 1, text.count)
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }

    /// False for what is no number at all: that stays, and is refused by the parser.
    private static func isOutOfRange(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        var rest = bytes
        if rest.first == UInt8(ascii: "-") { rest.removeFirst() }
        let beginsWithZero = rest.first == UInt8(ascii: "0")
        let digits = removeDigits(from: &rest)
        guard digits == 1 || digits > 1 && !beginsWithZero else { return false }
        let isInteger = rest.isEmpty
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard removeDigits(from: &rest) > 0 else { return false }
        }
        if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
            rest.removeFirst()
            if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest.removeFirst() }
            guard removeDigits(from: &rest) > 0 else { return false }
        }
        guard rest.isEmpty else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        return isInteger ? Int64(text) == nil && UInt64(text) == nil : Double(text)?.isFinite != true
    }

    private static func removeDigits(from bytes: inout Slice<UnsafeRawBufferPointer>) -> Int {
        let count = bytes.prefix { (0x30...0x39).contains($0) }.count
        bytes.removeFirst(count)
        return count
    }
}
