import JSON
import Testing

@testable import WeChat

@Suite struct ApplyCodeQueryResultTests {
    private typealias CodeRange = ApplyCodeQueryResult.CodeRange

    @Test func readsEveryField() throws {
        let result = try decode(
            """
            {"errcode":0,"errmsg":"ok","status":"FINISH","application_id":581865877,"isv_application_id":"x",
             "code_generate_list":[{"code_start":0,"code_end":49999},{"code_start":50000,"code_end":99999}],
             "create_time":1541484422,"update_time":1541484500}
            """)
        let expected = ApplyCodeQueryResult(
            status: "FINISH", applicationID: 581_865_877, isvApplicationID: "x",
            codeGenerateList: [CodeRange(start: 0, end: 49999), CodeRange(start: 50000, end: 99999)],
            createTime: 1_541_484_422, updateTime: 1_541_484_500)
        #expect(result == expected)
        #expect(result.isFinished)
    }

    @Test func leavesTimesOutThatRepliesCannotCarry() throws {
        let result = try decode(#"{"status":"INIT","create_time":-1,"update_time":"-1"}"#)
        #expect(result == ApplyCodeQueryResult(status: "INIT"))
    }

    @Test(arguments: [
        #"{"status":"INIT"}"#,
        #"{"status":"INIT","application_id":null,"isv_application_id":null,"code_generate_list":null,"create_time":null}"#,
        #"{"status":"INIT","new_field":{"deep":[1,2.5,{}]},"another":true}"#,
    ])
    func needsOnlyTheStatus(json: String) throws {
        let result = try decode(json)
        #expect(result == ApplyCodeQueryResult(status: "INIT"))
        #expect(!result.isFinished)
    }

    @Test func takesScalarsOfAnotherType() throws {
        let result = try decode(
            """
            {"status":"FINISH","application_id":"581865877","isv_application_id":124,
             "code_generate_list":[{"code_start":"0","code_end":"49999"}],"create_time":"1","update_time":"2"}
            """)
        let expected = ApplyCodeQueryResult(
            status: "FINISH", applicationID: 581_865_877, isvApplicationID: "124",
            codeGenerateList: [CodeRange(start: 0, end: 49999)], createTime: 1, updateTime: 2)
        #expect(result == expected)
    }

    @Test(arguments: ["18446744073709551615", #""18446744073709551615""#])
    func readsTheLargestNumber(number: String) throws {
        let result = try decode(
            """
            {"status":"FINISH","application_id":\(number),"code_generate_list":[{"code_start":\(number),
             "code_end":\(number)}]}
            """, asked: ApplyCodeQuery(applicationID: .max))
        #expect(result.applicationID == .max)
        #expect(result.codeGenerateList == [CodeRange(start: .max, end: .max)])
    }

    @Test func keepsAnEmptyListApartFromNone() throws {
        #expect(try decode(#"{"status":"FINISH","code_generate_list":[]}"#).codeGenerateList == [])
    }

    /// Nobody knows their unit, so no job fails for them.
    @Test(arguments: [#""yesterday""#, "1.5", "[]", "true", "18446744073709551615"])
    func passesOverATimeThatIsNone(time: String) throws {
        let result = try decode(#"{"status":"FINISH","create_time":\#(time),"update_time":7}"#)
        #expect(result == ApplyCodeQueryResult(status: "FINISH", updateTime: 7))
    }

    @Test(arguments: [
        ("{}", "status: missing"), (#"{"status":null}"#, "status: missing"),
        (#"{"status":["FINISH"]}"#, "status: a string was expected, but found an array"),
        (#"{"status":"F","application_id":true}"#, "application_id: an integer from 0 to 2^64-1"),
        (#"{"status":"F","application_id":-1}"#, "application_id: an integer from 0 to 2^64-1"),
        (#"{"status":"F","application_id":1.5}"#, "found a number with a fraction or an exponent"),
        (#"{"status":"F","application_id":""}"#, "application_id: an integer from 0 to 2^64-1"),
        (#"{"status":"F","application_id":"+7"}"#, "application_id: an integer from 0 to 2^64-1"),
        (#"{"status":"F","application_id":"18446744073709551616"}"#, "application_id: an integer from 0 to 2^64-1"),
        (#"{"status":"F","isv_application_id":{}}"#, "isv_application_id: a string was expected"),
        (#"{"status":"F","code_generate_list":{}}"#, "code_generate_list: an array was expected"),
        (#"{"status":"F","code_generate_list":[1]}"#, "code_generate_list[0]: code_start or code_end is missing"),
        (
            #"{"status":"F","code_generate_list":[{"code_start":0,"code_end":1},{"code_start":2}]}"#,
            "code_generate_list[1]: code_start or code_end is missing"
        ),
        (#"{"status":"F","code_generate_list":[{"code_start":0,"code_end":"x"}]}"#, "code_end: an integer from 0"),
        (#"{"status":"F","code_generate_list":[{"code_start":5,"code_end":4}]}"#, "starts at 5, after its end 4"),
    ])
    func namesTheFieldThatMakesNoSense(json: String, problem: String) {
        #expect { try decode(json) } throws: { ($0 as? UnreadableAnswer)?.problem.contains(problem) == true }
    }

    @Test(arguments: [
        (#"{"status":"F","application_id":1}"#, true), (#"{"status":"F","application_id":2}"#, false),
        (#"{"status":"F","isv_application_id":"x"}"#, true), (#"{"status":"F","isv_application_id":"X"}"#, false),
        (#"{"status":"F","application_id":1,"isv_application_id":"y"}"#, false), (#"{"status":"F"}"#, true),
    ])
    func refusesAnAnswerAboutAnotherApplication(json: String, isAccepted: Bool) {
        let result = try? decode(json, asked: ApplyCodeQuery(applicationID: 1, isvApplicationID: "x"))
        #expect((result != nil) == isAccepted)
    }

    @Test func takesTheIDsOfAnAnswerThatWereNotAskedFor() throws {
        let result = try decode(
            #"{"status":"F","application_id":7,"isv_application_id":"x"}"#, asked: ApplyCodeQuery(applicationID: 7))
        #expect(result.isvApplicationID == "x")
    }

    private func decode(_ json: String, asked query: ApplyCodeQuery = ApplyCodeQuery()) throws -> ApplyCodeQueryResult {
        try ApplyCodeQueryResult(JSONDocument().parse(Array(json.utf8)), to: query)
    }
}
