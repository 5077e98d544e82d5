import JSON
import Testing

@Suite struct JSONValueTests {
    let document = JSONDocument()

    private func parse(_ text: String) throws -> JSONValue { try document.parse(Array(text.utf8)) }

    @Test(arguments: [
        ("[]", JSONValue.Kind.array), ("{}", .object), ("\"\"", .string), ("0", .integer), ("-1", .integer),
        ("18446744073709551615", .integer), ("1.0", .double), ("1e3", .double), ("true", .bool), ("false", .bool),
        ("null", .null),
    ])
    func knowsItsKind(text: String, kind: JSONValue.Kind) throws {
        let value = try parse(text)
        #expect(value.kind == kind)
        #expect((value.elements != nil) == (kind == .array))
        #expect((value.members != nil) == (kind == .object))
        #expect((value.string != nil) == (kind == .string))
        #expect((value.bool != nil) == (kind == .bool))
        #expect(value.isNull == (kind == .null))
        #expect((value.double != nil) == (kind == .integer || kind == .double))
        #expect(!kind.description.isEmpty)
    }

    @Test(arguments: [
        ("0", 0 as UInt64?, 0 as Int64?), ("-0", 0, 0), ("-1", nil, -1),
        ("9223372036854775807", 9_223_372_036_854_775_807, .max),
        ("9223372036854775808", 9_223_372_036_854_775_808, nil),
        ("18446744073709551615", .max, nil), ("-9223372036854775808", nil, .min),
        ("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_993), ("1.0", nil, nil), ("1e2", nil, nil),
        ("\"1\"", nil, nil),
    ])
    func readsIntegersExactly(text: String, unsigned: UInt64?, signed: Int64?) throws {
        let value = try parse(text)
        #expect(value.uint64 == unsigned)
        #expect(value.int64 == signed)
    }

    @Test(arguments: [
        ("0.5", 0.5), ("-1e-3", -0.001), ("1.7976931348623157e308", .greatestFiniteMagnitude),
        ("5e-324", .leastNonzeroMagnitude), ("18446744073709551615", 18_446_744_073_709_551_615.0),
    ])
    func readsDoubles(text: String, expected: Double) throws {
        #expect(try parse(text).double == expected)
    }

    @Test(arguments: [
        ("\"\"", ""), ("\"a\\\"b\\\\c\\/d\"", "a\"b\\c/d"), ("\"\\b\\f\\n\\r\\t\"", "\u{08}\u{0c}\n\r\t"),
        ("\"\\u0000\"", "\0"), ("\"\\u4f60\\u597d\"", "你好"), ("\"\\ud83d\\ude00\"", "😀"),
        ("\"é\u{2028}😀\"", "é\u{2028}😀"),
    ])
    func unescapesStrings(text: String, expected: String) throws {
        let value = try parse(text)
        #expect(value.string == expected)
        #expect(value.withUTF8 { Array($0) } == Array(expected.utf8))
    }

    @Test func findsMembersByName() throws {
        let value = try parse(#"{"a":1,"b":{"a":2},"a":3,"":4,"\u00e9":5}"#)
        #expect(value["a"]?.int64 == 1)
        #expect(value["b"]?["a"]?.int64 == 2)
        #expect(value[""]?.int64 == 4)
        #expect(value["é"]?.int64 == 5)
        #expect(value["c"] == nil)
        #expect(value["a"]?["a"] == nil)
    }

    @Test func iteratesInOrder() throws {
        let value = try parse(#"{"list":[1,[2,3],{"x":4},"5"],"empty":[],"a":null,"a":true}"#)
        #expect(value.members?.map(\.key) == ["list", "empty", "a", "a"])
        #expect(value.members?.map(\.value.kind) == [.array, .array, .null, .bool])
        #expect(value["list"]?.elements?.map(\.kind) == [.integer, .array, .object, .string])
        #expect(value["list"]?.elements?.compactMap(\.int64) == [1])
        #expect(value["empty"]?.elements.map(Array.init)?.count == 0)
    }

    @Test func outlivesItsOwnersVariable() throws {
        let value = try JSONDocument().parse(Array("[\"kept\"]".utf8))
        #expect(value.elements?.map(\.string) == ["kept"])
    }
}
