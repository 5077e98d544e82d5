/// The `traceparent` header of a record (W3C Trace Context, version 00): `00-<trace>-<parent>-<flags>`.
enum TraceParent {
    private static let length = 55
    private static let dashes = [2, 35, 52]

    /// - Returns: 32 hexadecimal digits; nil where the header is not as the standard has it, and so is to be ignored.
    static func traceID(in header: [UInt8]) -> String? {
        guard header.count == length, dashes.allSatisfy({ header[$0] == UInt8(ascii: "-") }),
            header[0] == UInt8(ascii: "0"), header[1] == UInt8(ascii: "0"),
            isID(header[3..<35]), isID(header[36..<52]), header[53...].allSatisfy(isDigit)
        else { return nil }
        return String(decoding: header[3..<35], as: UTF8.self)
    }

    /// All zeros stand for none.
    private static func isID(_ digits: ArraySlice<UInt8>) -> Bool {
        digits.allSatisfy(isDigit) && digits.contains { $0 != UInt8(ascii: "0") }
    }

    /// Capitals are none.
    private static func isDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
