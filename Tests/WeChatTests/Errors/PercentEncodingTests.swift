import Testing

@testable import WeChat

@Suite struct PercentEncodingTests {
    @Test(arguments: ["plain", "a/b c", "p%40ss", "你好", ""])
    func isReadAsItWasWritten(text: String) {
        #expect(text.percentEncoded.percentDecoded == text)
        #expect(text.percentEncoded.percentCodesLowercased.percentDecoded == text)
    }

    @Test(arguments: ["%", "100%", "%4", "%4x", "%+1", "%你"])
    func whatIsNoCodeStays(text: String) {
        #expect(text.percentDecoded == text)
    }
}
