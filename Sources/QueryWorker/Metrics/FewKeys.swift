/// Values by keys of which there are few, and of which mostly that one comes which came last: so nothing is hashed, and in the
/// common case one key is compared.
struct FewKeys<Key: Equatable & Sendable, Value: Sendable>: Sendable {
    /// In the order in which the keys came.
    private(set) var entries: [(key: Key, value: Value)]
    private var last = 0

    init(_ entries: [(key: Key, value: Value)] = []) { self.entries = entries }

    var count: Int { entries.count }

    subscript(key: Key) -> Value? { entries.first { $0.key == key }?.value }

    /// - Returns: whether there is such a key.
    mutating func find(_ key: Key) -> Bool {
        if last < entries.count, entries[last].key == key { return true }
        guard let index = entries.firstIndex(where: { $0.key == key }) else { return false }
        last = index
        return true
    }

    /// - Parameter value: what a key that comes for the first time begins with.
    mutating func update(_ key: Key, default value: @autoclosure () -> Value, _ body: (inout Value) -> Void) {
        if !find(key) {
            entries.append((key, value()))
            last = entries.count - 1
        }
        body(&entries[last].value)
    }
}
