import EventLoop
import QueryWorker
import Testing
import WeChat

/// The two ids of a job: what is taken, and that it is kept as it was given.
@Suite @EventLoopActor struct QueryJobDecoderIDTests {
    private let fixture = DecoderFixture()

    @Test(arguments: [1, 581_865_877, 9_007_199_254_740_993, 1 << 63, UInt64.max])
    func applicationIDKeepsItsDigitsAndItsType(id: UInt64) {
        let number = fixture.decode("{\"job_id\":\"a\",\"application_id\":\(id)}")
        #expect(number.job?.query.applicationID == id)
        #expect(number.identity.request?.applicationID == .number(id))
        let text = fixture.decode("{\"job_id\":\"a\",\"application_id\":\"\(id)\"}")
        #expect(text.job?.query.applicationID == id)
        #expect(text.identity.request?.applicationID == .text("\(id)"))
    }

    @Test(arguments: [
        ("0", "zero"), ("-0", "zero"), ("-1", "negative"), ("-9223372036854775808", "negative"), ("1.5", "a number"),
        ("1.0", "a number"), ("1e3", "a number"), ("18446744073709551616", "a number"),
        ("-9223372036854775809", "a number"), ("1e400", "a number"), ("true", "true or false"), ("[1]", "an array"),
        ("{}", "an object"), ("\"\"", "a string"), ("\"0\"", "a string"), ("\"007\"", "a string"),
        ("\"+1\"", "a string"), ("\"-1\"", "a string"), ("\" 1\"", "a string"), ("\"1.0\"", "a string"),
        ("\"0x1\"", "a string"), ("\"18446744073709551616\"", "a string"), ("\"１\"", "a string"),
        ("\"1\\u0000\"", "a string"),
    ])
    func otherApplicationIDsAreRefused(json: String, named: String) throws {
        let decoded = fixture.decode("{\"job_id\":\"a\",\"application_id\":\(json),\"isv_application_id\":\"x\"}")
        let failure = try #require(decoded.failure)
        #expect(failure.kind == .invalidJob)
        #expect(failure.message.hasPrefix("application_id must be an integer from 1 to 18446744073709551615"))
        #expect(failure.message.contains("; it is \(named)"))
        #expect(decoded.identity.jobID == "a")
        #expect(decoded.identity.request == RequestedIDs(isvApplicationID: "x"))
    }

    @Test(arguments: [
        "x", " ", "0", "a\"b\\c/d", "é", "\u{FFFD}", "\u{10FFFF}", String(repeating: "x", count: 128),
        String(repeating: "码", count: 42) + "xy", String(repeating: "😀", count: 32),
    ])
    func isvApplicationIDHasOneTo128Bytes(id: String) {
        let escaped = id.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        let decoded = fixture.decode("{\"job_id\":\"a\",\"isv_application_id\":\"\(escaped)\"}")
        #expect(decoded.job?.query.isvApplicationID == id)
        #expect(decoded.identity.request?.isvApplicationID == id)
    }

    @Test(arguments: [
        "\"\"", "7", "{}", "\"" + String(repeating: "x", count: 129) + "\"",
        "\"" + String(repeating: "码", count: 43) + "\"", #""a\u0000""#, #""a\nb""#, #""\u001f""#, #""\u007f""#,
        #""\u0080""#, #""\u009F""#,
    ])
    func otherISVApplicationIDsAreRefused(json: String) throws {
        let decoded = fixture.decode("{\"job_id\":\"a\",\"application_id\":\"5\",\"isv_application_id\":\(json)}")
        let failure = try #require(decoded.failure)
        #expect(failure.kind == .invalidJob)
        #expect(failure.message.hasPrefix("isv_application_id must be a string of 1 to 128 bytes of UTF-8"))
        #expect(decoded.identity.request == RequestedIDs(applicationID: .text("5")))
    }

    @Test func jobWithoutAnyIDIsRefused() {
        let decoded = fixture.decode(#"{"job_id":"a"}"#)
        #expect(decoded.failure?.message == "a job needs application_id, isv_application_id, or both; it has neither")
        #expect(decoded.identity.jobID == "a")
        #expect(decoded.identity.request == nil)
    }

    @Test func firstFaultIsTheOneThatIsTold() {
        let decoded = fixture.decode(#"{"job_id":"","operation":1,"account":2,"application_id":0,"deadline":3}"#)
        #expect(decoded.failure?.message.hasPrefix("job_id") == true)
        #expect(decoded.identity == JobIdentity())
    }
}
