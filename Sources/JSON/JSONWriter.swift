/// Writes one JSON text into bytes that are reused from text to text. Commas are the writer's business.
///
/// The calls must nest as JSON does, which debug builds check; then the result is valid JSON whatever the values are.
package struct JSONWriter: Sendable {
    package internal(set) var bytes: [UInt8] = []
    var needsComma = false
    private var depth = 0

    package init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// Starts anew in the same memory.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
        depth = 0
    }

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    package mutating func endObject() { end(UInt8(ascii: "}")) }
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// A member's name, which needs no escaping. Its value is written next.
    package mutating func key(_ name: StaticString) {
        separate()
        name.withUTF8Buffer { name in
            assert(!name.needsEscapingInJSON, "this name must be escaped: use key(escaping:)")
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: name)
        }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// A member's name that is known at run time only.
    package mutating func key(escaping name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    package mutating func null() { raw("null") }

    /// A value that is JSON already; the caller answers for that.
    package mutating func raw(_ json: UnsafeBufferPointer<UInt8>) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    package mutating func raw(_ json: [UInt8]) { json.withUnsafeBufferPointer { raw($0) } }

    package mutating func raw(_ json: StaticString) { json.withUTF8Buffer { raw($0) } }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
        depth += 1
    }

    private mutating func end(_ bracket: UInt8) {
        assert(depth > 0, "nothing is open that could be closed")
        bytes.append(bracket)
        needsComma = true
        depth -= 1
    }

    mutating func separate() {
        assert(!needsComma || depth > 0, "a JSON text is one value: the second one needs removeAll() before it")
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
