internal import CSimdJSON

extension JSONValue {
    /// What a value is. `description` completes "…, but found" in an error text.
    package enum Kind: Hashable, Sendable {
        case array, object, string, integer, double, bool, null
    }

    package var kind: Kind {
        switch csimdjson_value_kind(current) {
        case CSIMDJSON_ARRAY: .array
        case CSIMDJSON_OBJECT: .object
        case CSIMDJSON_STRING: .string
        case CSIMDJSON_INT64, CSIMDJSON_UINT64: .integer
        case CSIMDJSON_DOUBLE: .double
        case CSIMDJSON_BOOL: .bool
        default: .null
        }
    }
}

extension JSONValue.Kind: CustomStringConvertible {
    package var description: String {
        switch self {
        case .array: "an array"
        case .object: "an object"
        case .string: "a string"
        case .integer: "an integer"
        case .double: "a number with a fraction or an exponent"
        case .bool: "true or false"
        case .null: "null"
        }
    }
}
