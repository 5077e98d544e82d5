/// Why a text could not be read as JSON, in words for the one who sent it. Never contains any of the text.
package enum JSONError: Error, Hashable {
    case empty
    /// `reason` is the parser's own sentence.
    case notJSON(reason: String)
    case notUTF8
    /// One number anywhere fails the whole text. Malformed and too large are not told apart by the parser.
    case invalidNumber
    case tooDeep
    case tooLarge(length: Int, limit: Int)
    case outOfMemory
}

extension JSONError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .empty: "empty, where a JSON text is wanted"
        case .notJSON(let reason): "not valid JSON: \(reason)"
        case .notUTF8: "not valid UTF-8; JSON is to be sent as UTF-8"
        case .invalidNumber:
            "not valid JSON: a number is malformed or does not fit 64 bits; send a longer one as a string"
        case .tooDeep: "nested too deeply: at most 1,023 arrays and objects within each other"
        case .tooLarge(let length, let limit): "too large: \(length) bytes, where at most \(limit) are taken"
        case .outOfMemory: "not read, because the process is out of memory"
        }
    }
}
