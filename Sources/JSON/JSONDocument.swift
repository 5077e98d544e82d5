internal import CSimdJSON

/// Parses JSON texts, one after the other, into memory that it keeps: after the first few, parsing allocates nothing.
///
/// One owner keeps one document and reuses it. What `parse` returns is good until the next `parse`; a value used
/// after that traps instead of reading another text's bytes.
package final class JSONDocument {
    private let parser: OpaquePointer?
    private let maximumLength: Int
    private(set) var generation: UInt = 0

    /// - Parameter maximumLength: in bytes. Longer texts are refused before they are copied.
    package init(maximumLength: Int = 16 << 20) {
        self.maximumLength = maximumLength
        parser = csimdjson_create(maximumLength)
    }

    deinit { csimdjson_destroy(parser) }

    /// Copies `bytes`, checks them from beginning to end (syntax and UTF-8), and returns the root.
    package func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        generation &+= 1
        guard let parser else { throw .outOfMemory }
        var root = csimdjson_value()
        let code = csimdjson_parse(parser, bytes.baseAddress, bytes.count, &root)
        guard code == 0 else { throw error(code, length: bytes.count) }
        return JSONValue(raw: root, document: self)
    }

    package func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try bytes.span.withUnsafeBytes { bytes throws(JSONError) in try parse(bytes) }
    }

    private func error(_ code: Int32, length: Int) -> JSONError {
        switch csimdjson_error_fault(code) {
        case CSIMDJSON_FAULT_EMPTY: .empty
        case CSIMDJSON_FAULT_TOO_LARGE: .tooLarge(length: length, limit: maximumLength)
        case CSIMDJSON_FAULT_TOO_DEEP: .tooDeep
        case CSIMDJSON_FAULT_NUMBER: .invalidNumber
        case CSIMDJSON_FAULT_UTF8: .notUTF8
        case CSIMDJSON_FAULT_NO_MEMORY: .outOfMemory
        default: .notJSON(reason: String(cString: csimdjson_error_text(code)))
        }
    }
}
