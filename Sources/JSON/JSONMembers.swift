internal import CSimdJSON

/// The members of an object, in their order; a name that comes twice is there twice.
package struct JSONMembers: Sequence, IteratorProtocol {
    private let object: JSONValue
    private var cursor = csimdjson_cursor()

    init?(of object: JSONValue) {
        self.object = object
        guard csimdjson_object_begin(object.current, &cursor) else { return nil }
    }

    package mutating func next() -> (key: String, value: JSONValue)? {
        _ = object.current
        var key = csimdjson_string()
        var value = csimdjson_value()
        guard csimdjson_object_next(&cursor, &key, &value) else { return nil }
        return (key.withUTF8 { String(decoding: $0, as: UTF8.self) }, object.sibling(value))
    }
}
