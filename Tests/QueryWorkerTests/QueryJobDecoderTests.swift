import EventLoop
import QueryWorker
import Testing
import WeChat

/// The request table of the contract, rule by rule.
@Suite @EventLoopActor struct QueryJobDecoderTests {
    private let fixture = DecoderFixture()

    @Test func jobWithAllFieldsIsReadWhole() throws {
        let text = #"""
            {"job_id":"a1","operation":"applycodequery","account":"wxdef","application_id":581865877,
             "isv_application_id":"订单 1","deadline":"2026-11-25T09:30:00+08:00"}
            """#
        let job = try #require(fixture.decode(text).job)
        let identity = JobIdentity(
            jobID: "a1", operation: "applycodequery", account: "wxdef",
            request: RequestedIDs(applicationID: .number(581_865_877), isvApplicationID: "订单 1"))
        #expect(job.identity == identity)
        #expect(job.account == "wxdef")
        #expect(job.query == ApplyCodeQuery(applicationID: 581_865_877, isvApplicationID: "订单 1"))
        #expect(job.deadline == WallTime(millisecondsSince1970: 1_795_570_200_000))
    }

    @Test func jobWithTheLeastFieldsHasTheDefaults() throws {
        let job = try #require(fixture.decode(#"{"job_id":"a1","isv_application_id":"x"}"#).job)
        #expect(job.identity.operation == "applycodequery")
        #expect(job.account == "wxABC")
        #expect(job.identity.account == "wxABC")
        #expect(job.identity.request == RequestedIDs(isvApplicationID: "x"))
        #expect(job.query == ApplyCodeQuery(isvApplicationID: "x"))
        #expect(job.deadline == nil)
    }

    @Test(arguments: [
        #""later_field":{"a":[1,2.5,null,true]}"#, #""":0"#, #""n":123456789012345678901234567890"#, #""n":-1e400"#,
        #""n":[1e99999,{"m":18446744073709551616}],"s":"\\\"99999999999999999999""#,
    ])
    func unknownFieldsAreIgnored(fields: String) {
        #expect(fixture.decode(fields: fields) == fixture.decode(fields: ""))
        #expect(fixture.decode(fields: fields).job != nil)
    }

    @Test(arguments: ["operation", "account", "isv_application_id", "deadline"])
    func fieldThatIsNullIsLeftOut(name: String) {
        #expect(fixture.decode(fields: "\"\(name)\":null") == fixture.decode(fields: ""))
    }

    @Test(arguments: ["job_id", "application_id"])
    func requiredFieldThatIsNullIsMissing(name: String) {
        let text = #"{"job_id":"a1","application_id":7}"#.replacing(name == "job_id" ? "\"a1\"" : "7", with: "null")
        #expect(fixture.decode(text).failure?.kind == .invalidJob)
    }

    @Test func firstOfTwoFieldsWithOneNameCounts() throws {
        let job = try #require(
            fixture.decode(#"{"job_id":"a","job_id":"b","application_id":1,"application_id":2}"#).job)
        #expect(job.identity.jobID == "a")
        #expect(job.query.applicationID == 1)
    }

    // MARK: job_id

    @Test(arguments: ["a", " ", "\u{0}", String(repeating: "x", count: 128), String(repeating: "😀", count: 128)])
    func jobIDHasOneTo128Characters(id: String) {
        let text = "{\"job_id\":\"\(id == "\u{0}" ? "\\u0000" : id)\",\"application_id\":1}"
        #expect(fixture.decode(text).job?.identity.jobID == id)
    }

    @Test(arguments: [
        "\"\"", "5", "true", "[]", "{}", "1.5", "99999999999999999999",
        "\"" + String(repeating: "x", count: 129) + "\"",
        "\"" + String(repeating: "😀", count: 129) + "\"", "\"" + String(repeating: "e\u{301}", count: 65) + "\"",
    ])
    func otherJobIDsAreRefused(json: String) throws {
        let decoded = fixture.decode("{\"job_id\":\(json),\"application_id\":1}")
        let failure = try #require(decoded.failure)
        #expect(failure.kind == .invalidJob)
        #expect(failure.message.hasPrefix("job_id must be a string of 1 to 128 characters; it "))
        #expect(!failure.isRetryable)
        #expect(decoded.identity.jobID == nil)
        #expect(decoded.identity.request == RequestedIDs(applicationID: .number(1)))
    }

    // MARK: operation and account

    @Test(arguments: ["\"applycode\"", "\"\"", "\"ApplyCodeQuery\"", "1", "{}"])
    func otherOperationsAreRefused(json: String) {
        let decoded = fixture.decode(fields: "\"operation\":\(json)")
        #expect(decoded.failure?.kind == .invalidJob)
        #expect(decoded.failure?.message.contains("operation must be \"applycodequery\"") == true)
        #expect(decoded.identity.jobID == "a1")
    }

    @Test(arguments: ["wxABC", "wxabc", "WXABC"])
    func accountIsFoundInAnyCaseAndNamedAsConfigured(spelling: String) {
        let decoded = fixture.decode(fields: "\"account\":\"\(spelling)\"")
        #expect(decoded.job?.account == "wxABC")
        #expect(decoded.identity.account == "wxABC")
    }

    @Test func accountThatIsNotConfiguredIsUnknown() {
        let decoded = fixture.decode(fields: "\"account\":\"wx9\"")
        #expect(decoded.failure?.kind == .api(.unknownAccount))
        #expect(decoded.failure?.isRetryable == false)
        #expect(decoded.identity.account == "wx9")
    }

    @Test func otherAccountsAreLeftToAClientThatKnowsMore() {
        let fixture = DecoderFixture(acceptsAnyAccount: true)
        #expect(fixture.decode(fields: "\"account\":\"wx9Z\"").job?.account == "wx9Z")
        #expect(fixture.decode(fields: "\"account\":\"WXabc\"").job?.account == "wxABC")
        for account in ["wx-9", "wx 9", String(repeating: "w", count: 65)] {
            let decoded = fixture.decode(fields: "\"account\":\"\(account)\"")
            #expect(decoded.failure?.kind == .api(.unknownAccount))
        }
    }

    @Test func accountIsUnknownWhereNoneIsNamedAndThereIsNoDefault() {
        let decoded = DecoderFixture(defaultAccount: nil).decode(fields: "")
        #expect(decoded.failure?.kind == .api(.unknownAccount))
        #expect(decoded.identity.account == nil)
    }

    /// A reply that repeats a long account can be larger than its topic takes, and would then hold up its partition.
    @Test func accountOfAnyLengthMakesNoLongReply() {
        let decoded = fixture.decode(fields: "\"account\":\"\(String(repeating: "w", count: 900_000))\"")
        #expect(decoded.failure?.kind == .api(.unknownAccount))
        #expect(decoded.identity.account == nil)
        #expect(decoded.failure.map { $0.message.utf8.count < 200 } == true)
    }

    @Test(arguments: ["\"\"", "1", "[\"wxABC\"]"])
    func otherAccountsAreRefused(json: String) {
        let decoded = fixture.decode(fields: "\"account\":\(json)")
        #expect(decoded.failure?.kind == .invalidJob)
        #expect(decoded.identity.account == nil)
    }

    // MARK: deadline

    @Test(arguments: [
        ("2026-11-25T01:02:03Z", 1_795_568_523_000), ("2026-11-25t01:02:03.5z", 1_795_568_523_500),
        ("2026-11-25T09:02:03.456789+08:00", 1_795_568_523_456), ("1969-12-31T23:59:59Z", -1000),
    ])
    func deadlineIsAnyTimeOfRFC3339(text: String, milliseconds: Int64) {
        let job = fixture.decode(fields: "\"deadline\":\"\(text)\"").job
        #expect(job?.deadline == WallTime(millisecondsSince1970: milliseconds))
    }

    @Test(arguments: [
        "\"\"", "\"2026-11-25\"", "\"2026-11-25T01:02:03\"", "\"2026-02-30T01:02:03Z\"", "\"2026-11-25 01:02:03Z\"",
        "1795568523", "{}", "\" 2026-11-25T01:02:03Z\"",
    ])
    func otherDeadlinesAreRefused(json: String) {
        let decoded = fixture.decode(fields: "\"deadline\":\(json)")
        #expect(decoded.failure?.kind == .invalidJob)
        #expect(decoded.failure?.message.hasPrefix("deadline must be an RFC 3339 time") == true)
    }
}
