import JSON
import Testing

@Suite struct JSONDocumentTests {
    @Test(arguments: [
        ("", JSONError.empty), (" \r\n\t", .empty),
        ("\"\u{01}\"", .notJSON(reason: "")), ("[1,]", .notJSON(reason: "")), ("{\"a\":1}x", .notJSON(reason: "")),
        ("1 2", .notJSON(reason: "")), ("\"a", .notJSON(reason: "")), ("tru", .notJSON(reason: "")),
        ("nulls", .notJSON(reason: "")), ("{1:2}", .notJSON(reason: "")), ("'a'", .notJSON(reason: "")),
        ("[", .notJSON(reason: "")), ("\"\\x\"", .notJSON(reason: "")), ("\"\\ud800\"", .notJSON(reason: "")),
        ("\"\\udc00x\"", .notJSON(reason: "")), ("\0", .notJSON(reason: "")), ("{}\0", .notJSON(reason: "")),
        ("18446744073709551616", .invalidNumber), ("-9223372036854775809", .invalidNumber), ("01", .invalidNumber),
        ("[1e999]", .invalidNumber), ("1.", .invalidNumber),
    ])
    func refusesWhatIsNotJSON(text: String, expected: JSONError) {
        let error = #expect(throws: JSONError.self) { try JSONDocument().parse(Array(text.utf8)) }
        if case .notJSON(let reason) = error, case .notJSON = expected {
            #expect(!reason.isEmpty)
        } else {
            #expect(error == expected)
        }
    }

    @Test(arguments: [[0xff], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xe4, 0xbd, 0x22]])
    func refusesWhatIsNotUTF8(bytes: [UInt8]) {
        #expect(throws: JSONError.notUTF8) { try JSONDocument().parse(bytes) }
    }

    @Test func refusesDeepNesting() throws {
        let document = JSONDocument()
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + "0" + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: JSONError.tooDeep) { try document.parse(nested(20_000)) }
        #expect(throws: JSONError.tooDeep) { try document.parse(nested(1024)) }
        #expect(try document.parse(nested(1023)).kind == .array)
        #expect(throws: JSONError.self) { try document.parse([UInt8](repeating: UInt8(ascii: "{"), count: 20_000)) }
    }

    @Test func refusesWhatIsLargerThanItsLimit() throws {
        let document = JSONDocument(maximumLength: 10)
        #expect(throws: JSONError.tooLarge(length: 11, limit: 10)) { try document.parse(Array("\"123456789\"".utf8)) }
        #expect(try document.parse(Array("\"12345678\"".utf8)).string == "12345678")
    }

    @Test(arguments: [1, 63, 64, 65, 4095, 4096, 4097, 1 << 20])
    func survivesNoise(length: Int) {
        let document = JSONDocument()
        let noise = (0..<(length + 7) / 8).flatMap { _ in
            withUnsafeBytes(of: UInt64.random(in: 0 ... .max)) { Array($0) }
        }
        _ = try? document.parse(Array(noise.prefix(length)))
        // A byte above 0x7f begins no JSON text.
        #expect(throws: JSONError.self) { try document.parse(noise.prefix(length).map { $0 | 0x80 }) }
    }

    @Test func isAsGoodAsNewAfterEveryParse() throws {
        let document = JSONDocument()
        for round in 0..<1000 {
            #expect(throws: JSONError.self) { try document.parse(Array("{\"a\":".utf8)) }
            let root = try document.parse(Array("{\"a\":\(round),\"b\":\"\(round)\"}".utf8))
            #expect(root["a"]?.int64 == Int64(round))
            #expect(root["b"]?.string == "\(round)")
        }
    }

    @Test func readsLargeAndSmallInTurn() throws {
        let document = JSONDocument()
        for size in [10, 3 << 20, 10, 100_000, 2 << 20, 0] {
            let text = String(repeating: "x", count: size)
            #expect(try document.parse(Array("[\"\(text)\"]".utf8)).elements?.map(\.string) == [text])
        }
    }

    @Test func copiesWhatItParses() throws {
        let document = JSONDocument()
        var bytes = Array("[\"before\"]".utf8)
        let root = try document.parse(bytes)
        bytes.replaceSubrange(2..<8, with: "after!".utf8)
        #expect(root.elements?.map(\.string) == ["before"])
    }

    @Test func trapsOnValuesOfAnEarlierText() async {
        await #expect(processExitsWith: .failure) {
            let document = JSONDocument()
            let stale = try document.parse(Array("[1]".utf8))
            _ = try document.parse(Array("[2]".utf8))
            _ = stale.kind
        }
    }

    @Test(arguments: [JSONError.empty, .notJSON(reason: "x"), .notUTF8, .invalidNumber, .tooDeep, .outOfMemory])
    func tellsTheSenderWhatToDo(error: JSONError) {
        #expect(error.description.count > 15)
        #expect(!error.description.hasSuffix(" "))
    }
}
