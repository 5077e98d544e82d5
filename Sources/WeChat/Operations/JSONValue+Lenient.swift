package import JSON

/// WeChat sends some numbers as strings, and the reverse, in some versions of some endpoints. Never read through
/// floating point.
extension JSONValue {
    /// The member with this name, where it is there and not null.
    package func member(_ name: StaticString) -> JSONValue? {
        guard let value = self[name], !value.isNull else { return nil }
        return value
    }

    var lenientInt64: Int64? {
        if let value = int64 { return value }
        guard let text = string, text.first?.isNumber == true || text.hasPrefix("-") else { return nil }
        return Int64(text)
    }

    var lenientUInt64: UInt64? {
        if let value = uint64 { return value }
        guard let text = string, text.first?.isNumber == true else { return nil }
        return UInt64(text)
    }

    /// Nil if the member is missing. A name made of digits can come as a number.
    func text(_ name: StaticString) throws(UnreadableAnswer) -> String? {
        guard let value = member(name) else { return nil }
        guard let text = value.string ?? value.uint64.map({ String($0) }) else {
            throw .wrongType(name, wanted: "a string", value)
        }
        return text
    }

    /// Nil if the member is missing.
    func unsigned(_ name: StaticString) throws(UnreadableAnswer) -> UInt64? {
        guard let value = member(name) else { return nil }
        guard let number = value.lenientUInt64 else {
            throw .wrongType(name, wanted: "an integer from 0 to 2^64-1", value)
        }
        return number
    }
}
