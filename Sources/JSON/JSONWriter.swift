/// Writes one JSON text into bytes that are reused from text to text. Commas are the writer's business.
///
/// The calls must nest as JSON does, which debug builds check; then the result is valid JSON whatever the values are.
package struct JSONWriter: Sendable {
    /// Longer than what is written, so that a piece of text is one check and one copy.
    private var memory: [UInt8]
    private var count = 0
    private var needsComma = false
    private var depth = 0

    package init(capacity: Int = 512) { memory = Array(repeating: 0, count: capacity) }

    /// A copy of what is written so far, no longer than that.
    package var bytes: [UInt8] { Array(memory[..<count]) }

    /// Starts anew in the same memory.
    package mutating func removeAll() {
        count = 0
        needsComma = false
        depth = 0
    }

    package mutating func beginObject() { begin(UInt8(ascii: "{")) }
    package mutating func endObject() { end(UInt8(ascii: "}")) }
    package mutating func beginArray() { begin(UInt8(ascii: "[")) }
    package mutating func endArray() { end(UInt8(ascii: "]")) }

    /// A member's name, which needs no escaping. Its value is written next.
    package mutating func key(_ name: StaticString) {
        name.withUTF8Buffer { name in
            assert(!name.needsEscapingInJSON, "this name must be escaped: use key(escaping:)")
            write(room: name.count + 3) { text in
                text.put(UInt8(ascii: "\""))
                text.put(name)
                text.put(UInt8(ascii: "\""))
                text.put(UInt8(ascii: ":"))
            }
        }
        needsComma = false
    }

    /// A member's name that is known at run time only.
    package mutating func key(escaping name: String) {
        string(name)
        needsComma = false
        write(room: 1) { $0.put(UInt8(ascii: ":")) }
        needsComma = false
    }

    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    package mutating func null() { raw("null") }

    /// A value that is JSON already; the caller answers for that.
    package mutating func raw(_ json: UnsafeBufferPointer<UInt8>) { write(room: json.count) { $0.put(json) } }

    package mutating func raw(_ json: [UInt8]) { json.withUnsafeBufferPointer { raw($0) } }

    package mutating func raw(_ json: StaticString) { json.withUTF8Buffer { raw($0) } }

    private mutating func begin(_ bracket: UInt8) {
        write(room: 1) { $0.put(bracket) }
        needsComma = false
        depth += 1
    }

    private mutating func end(_ bracket: UInt8) {
        assert(depth > 0, "nothing is open that could be closed")
        needsComma = false
        write(room: 1) { $0.put(bracket) }
        depth -= 1
    }

    /// Writes a value, or a part of one, of at most `room` bytes; before it a comma where one is wanted.
    mutating func write(room: Int, _ body: (inout Text) -> Void) {
        assert(!needsComma || depth > 0, "a JSON text is one value: the second one needs removeAll() before it")
        let wanted = count + room + 1
        if wanted > memory.count { memory += repeatElement(0, count: max(memory.count, wanted - memory.count)) }
        let (start, needsComma) = (count, needsComma)
        count = memory.withUnsafeMutableBufferPointer { memory in
            var text = Text(memory: memory, count: start)
            if needsComma { text.put(UInt8(ascii: ",")) }
            body(&text)
            return text.count
        }
        self.needsComma = true
    }

    /// The memory while a piece is written to it.
    struct Text {
        fileprivate let memory: UnsafeMutableBufferPointer<UInt8>
        fileprivate(set) var count: Int

        // Checked in release builds too, where a buffer's subscript is not: what is written comes from strangers.
        mutating func put(_ byte: UInt8) {
            precondition(count < memory.count, "a piece of text is longer than its room")
            memory[count] = byte
            count += 1
        }

        mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
            precondition(bytes.count <= memory.count - count, "a piece of text is longer than its room")
            memory.baseAddress?.advanced(by: count).update(from: source, count: bytes.count)
            count += bytes.count
        }
    }
}
