internal import CSimdJSON

/// The elements of an array, in their order.
package struct JSONElements: Sequence, IteratorProtocol {
    private let array: JSONValue
    private var cursor = csimdjson_cursor()

    init?(of array: JSONValue) {
        self.array = array
        guard csimdjson_array_begin(array.current, &cursor) else { return nil }
    }

    package mutating func next() -> JSONValue? {
        _ = array.current
        var element = csimdjson_value()
        return csimdjson_array_next(&cursor, &element) ? array.sibling(element) : nil
    }
}
