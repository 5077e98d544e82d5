/// Writes one JSON text into bytes that are reused from text to text. Commas are the writer's business.
///
/// The calls must nest as JSON does, which debug builds check; then the result is valid JSON whatever the values are.
// @unchecked: the memory is this value's alone.
package struct JSONWriter: ~Copyable, @unchecked Sendable {
    private var memory: UnsafeMutableBufferPointer<UInt8>
    private var count = 0
    private var needsComma = false
    private var depth = 0

    package init(capacity: Int = 512) { memory = .allocate(capacity: capacity) }

    deinit { memory.deallocate() }

    /// A copy of what is written so far, no longer than that.
    package var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory.baseAddress, count: count)) }

    /// Starts anew in the same memory.
    package mutating func removeAll() {
        count = 0
        needsComma = false
        depth = 0
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member's name, which needs no escaping. Its value is written next.
    package mutating func key(_ name: StaticString) {
        name.withUTF8Buffer { name in
            assert(!name.needsEscapingInJSON, "this name must be escaped: use key(escaping:)")
            begin(room: name.count + 3)
            put(UInt8(ascii: "\""))
            put(name)
            put(UInt8(ascii: "\""))
            put(UInt8(ascii: ":"))
        }
        needsComma = false
    }

    /// A member's name that is known at run time only.
    package mutating func key(escaping name: String) {
        string(name)
        needsComma = false
        begin(room: 1)
        put(UInt8(ascii: ":"))
        needsComma = false
    }

    package mutating func bool(_ value: Bool) { raw(value ? "true" : "false") }

    package mutating func null() { raw("null") }

    /// A value that is JSON already; the caller answers for that.
    package mutating func raw(_ json: UnsafeBufferPointer<UInt8>) {
        begin(room: json.count)
        put(json)
    }

    package mutating func raw(_ json: [UInt8]) { json.withUnsafeBufferPointer { raw($0) } }

    package mutating func raw(_ json: StaticString) { json.withUTF8Buffer { raw($0) } }

    private mutating func open(_ bracket: UInt8) {
        begin(room: 1)
        put(bracket)
        needsComma = false
        depth += 1
    }

    private mutating func close(_ bracket: UInt8) {
        assert(depth > 0, "nothing is open that could be closed")
        needsComma = false
        begin(room: 1)
        put(bracket)
        depth -= 1
    }

    // MARK: Pieces

    /// Begins a value, or a part of one, of at most `room` bytes, which are put next; with a comma where one is wanted.
    @inline(__always)
    mutating func begin(room: Int) {
        assert(!needsComma || depth > 0, "a JSON text is one value: the second one needs removeAll() before it")
        if memory.count - count <= room { grow(by: room + 1) }
        if needsComma { put(UInt8(ascii: ",")) }
        needsComma = true
    }

    // Checked in release builds too, where a buffer's subscript is not: what is written comes from strangers.
    @inline(__always)
    mutating func put(_ byte: UInt8) {
        precondition(count < memory.count, "a piece of text is longer than its room")
        memory[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        precondition(bytes.count <= memory.count - count, "a piece of text is longer than its room")
        memory.baseAddress?.advanced(by: count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    mutating func put(decimal number: UInt64) {
        let length = number.countOfDecimalDigits
        precondition(length <= memory.count - count, "a piece of text is longer than its room")
        var rest = number
        for place in stride(from: count + length - 1, through: count, by: -1) {
            memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        count += length
    }

    private mutating func grow(by room: Int) {
        let larger = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(2 * memory.count, count + room))
        _ = larger.update(fromContentsOf: UnsafeBufferPointer(rebasing: memory[..<count]))
        memory.deallocate()
        memory = larger
    }
}

extension UInt64 {
    fileprivate var countOfDecimalDigits: Int {
        var (count, power) = (1, UInt64(10))
        while count < 20, self >= power {
            count += 1
            power &*= 10
        }
        return count
    }
}
