import JSON
import Testing

@Suite struct JSONWriterTests {
    private func written(_ write: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        write(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func placesCommas() {
        let text = written { writer in
            writer.beginObject()
            writer.key("a")
            writer.beginArray()
            writer.integer(1)
            writer.beginObject()
            writer.endObject()
            writer.beginArray()
            writer.endArray()
            writer.null()
            writer.endArray()
            writer.key("b")
            writer.beginObject()
            writer.key("c")
            writer.bool(true)
            writer.key(escaping: "d\"")
            writer.bool(false)
            writer.endObject()
            writer.key("e")
            writer.raw("[1, 2]")
            writer.key("f")
            writer.string("")
            writer.endObject()
        }
        #expect(text == #"{"a":[1,{},[],null],"b":{"c":true,"d\"":false},"e":[1, 2],"f":""}"#)
    }

    @Test(arguments: [
        ("plain", "plain"), ("\"\\/", #"\"\\/"#), ("\n\r\t", #"\n\r\t"#), ("\0\u{08}\u{1f}", #"\u0000\u0008\u001f"#),
        ("\u{7f}é你\u{2028}😀", "\u{7f}é你\u{2028}😀"),
    ])
    func escapesOnlyWhatJSONForbids(value: String, expected: String) {
        #expect(written { $0.string(value) } == "\"\(expected)\"")
    }

    @Test func roundTripsEveryKindOfCharacter() throws {
        let document = JSONDocument()
        let scalars = [
            0...0x2ff, 0x7ff...0x801, 0xd7ff...0xd7ff, 0xe000...0xe000, 0xfffd...0x10001, 0x10ffff...0x10ffff,
        ]
        let characters = scalars.joined().compactMap { Unicode.Scalar($0 as Int).map(String.init) }
        let all = characters.joined()
        for value in characters + [all, all + all] {
            #expect(try document.parse(Array(written { $0.string(value) }.utf8)).string == value)
        }
    }

    @Test func writesIntegersOfEveryWidth() {
        #expect(written { $0.integer(UInt64.max) } == "18446744073709551615")
        #expect(written { $0.integer(Int64.min) } == "-9223372036854775808")
        #expect(written { $0.integer(Int32.min) } == "-2147483648")
        #expect(written { $0.integer(Int.max) } == "9223372036854775807")
        #expect(written { $0.integer(0) } == "0")
        #expect(written { $0.integer(-10) } == "-10")
    }

    @Test(arguments: [
        0.0, -0.0, 0.1, 1e-5, 1e16, 1e100, 123.456, Double.pi, Double.leastNonzeroMagnitude, 1.7976931348623157e308,
    ])
    func roundTripsDoubles(value: Double) throws {
        #expect(try JSONDocument().parse(Array(written { $0.double(value) }.utf8)).double == value)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func writesNullForWhatJSONCannotSay(value: Double) {
        #expect(written { $0.double(value) } == "null")
    }

    @Test func growsWithTheText() {
        let long = String(repeating: "\u{1}", count: 1000)
        var writer = JSONWriter(capacity: 0)
        writer.beginArray()
        for _ in 0..<3 { writer.string(long) }
        writer.endArray()
        let one = "\"" + String(repeating: "\\u0001", count: 1000) + "\""
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "[\(one),\(one),\(one)]")
    }

    @Test func startsAnewInTheSameMemory() {
        var writer = JSONWriter()
        writer.beginArray()
        writer.integer(1)
        writer.endArray()
        writer.removeAll()
        #expect(writer.bytes.isEmpty)
        writer.string("next")
        #expect(writer.bytes == Array("\"next\"".utf8))
    }
}
