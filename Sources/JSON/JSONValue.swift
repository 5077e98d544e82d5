internal import CSimdJSON

/// A place in a parsed text. Good until its document parses the next one.
///
/// Reading a value as something that it is not gives nil, never an error: the caller knows what it wanted, and says so
/// with `kind`.
package struct JSONValue {
    private let raw: csimdjson_value
    private let document: JSONDocument
    private let generation: UInt

    init(raw: csimdjson_value, document: JSONDocument) {
        self.raw = raw
        self.document = document
        generation = document.generation
    }

    /// Every access goes through here, since the parser has reused a stale value's memory.
    var current: csimdjson_value {
        precondition(generation == document.generation, "a JSON value was used after its document parsed another text")
        return raw
    }

    func sibling(_ raw: csimdjson_value) -> JSONValue { JSONValue(raw: raw, document: document) }

    /// The member with this name; the first one if there are several. Nil if there is none, or if this is no object.
    package subscript(key: StaticString) -> JSONValue? {
        var found = csimdjson_value()
        let isFound = key.withUTF8Buffer { key in
            key.withMemoryRebound(to: CChar.self) { csimdjson_find(current, $0.baseAddress, $0.count, &found) }
        }
        return isFound ? sibling(found) : nil
    }

    package var string: String? { withUTF8 { String(decoding: $0, as: UTF8.self) } }

    /// Lends the string's bytes (valid UTF-8, unescaped) without copying them. Nil if this is no string.
    package func withUTF8<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        var string = csimdjson_string()
        guard csimdjson_get_string(current, &string) else { return nil }
        return try string.withUTF8(body)
    }

    /// An integer from 0 to 2^64-1. Nil for a number that is written with a fraction or an exponent.
    package var uint64: UInt64? {
        var result: UInt64 = 0
        return csimdjson_get_uint64(current, &result) ? result : nil
    }

    /// An integer from -2^63 to 2^63-1. Nil for a number that is written with a fraction or an exponent.
    package var int64: Int64? {
        var result: Int64 = 0
        return csimdjson_get_int64(current, &result) ? result : nil
    }

    /// Any number; large integers lose digits here.
    package var double: Double? {
        var result = 0.0
        return csimdjson_get_double(current, &result) ? result : nil
    }

    package var bool: Bool? {
        var result = false
        return csimdjson_get_bool(current, &result) ? result : nil
    }

    package var isNull: Bool { kind == .null }

    /// Nil if this is no array.
    package var elements: JSONElements? { JSONElements(of: self) }

    /// Nil if this is no object.
    package var members: JSONMembers? { JSONMembers(of: self) }
}

extension csimdjson_string {
    func withUTF8<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = UnsafeRawPointer(bytes)?.assumingMemoryBound(to: UInt8.self)
        return try body(UnsafeBufferPointer(start: start, count: length))
    }
}
