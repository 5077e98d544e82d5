import EventLoop
import JSON
import QueryWorker
import Testing
import WeChat

/// The bytes of `query-reply.v1`.
@Suite struct QueryReplyTests {
    private static let tail =
        #""request":{"application_id":"581865877"},"attempts":1,"duration_ms":41,"#
        + #""completed_at":"2026-11-25T01:02:03.456Z","source":{"topic":"query.requests","partition":3,"offset":1042}}"#

    private static let head =
        #"{"schema":"query-reply.v1","job_id":"a1","operation":"applycodequery","account":"wx1","#

    @Test func successIsWrittenInTheContractsOrder() {
        let result =
            #""outcome":"succeeded","result":{"application_id":581865877,"isv_application_id":"x","status":"FINISH","#
            + #""finished":true,"code_generate_list":[{"code_start":0,"code_end":49999}],"create_time":1541484422,"#
            + #""update_time":1541484422},"#
        #expect(ReplyFixture.succeeded.json == Self.head + result + Self.tail)
    }

    @Test func whatWeChatLeftOutIsLeftOut() {
        let reply = ReplyFixture.reply(.succeeded(ApplyCodeQueryResult(status: "INIT")))
        let result = #""outcome":"succeeded","result":{"status":"INIT","finished":false},"#
        #expect(reply.json == Self.head + result + Self.tail)
    }

    @Test func emptyListOfCodesIsNoMissingOne() {
        let reply = ReplyFixture.reply(.succeeded(ApplyCodeQueryResult(status: "FINISH", codeGenerateList: [])))
        #expect(reply.json.contains(#""result":{"status":"FINISH","finished":true,"code_generate_list":[]},"#))
    }

    @Test func failureWithAllFieldsIsWrittenInTheContractsOrder() {
        let failure = JobFailure(
            APIFailure(
                kind: .notFound, errcode: 80300, httpStatus: 200, message: "application not exist", rid: "6543-a-b",
                retryable: false, retryAt: WallTime(millisecondsSince1970: 0)))
        let error =
            #""outcome":"failed","error":{"kind":"not_found","errcode":80300,"message":"application not exist","#
            + #""rid":"6543-a-b","retryable":false,"retry_at":"1970-01-01T00:00:00.000Z"},"#
        #expect(ReplyFixture.reply(.failed(failure)).json == Self.head + error + Self.tail)
    }

    @Test(arguments: ReplyFixture.failures)
    func failureOfEachKindIsNamed(failure: JobFailure) {
        let text = ReplyFixture.reply(.failed(failure)).json
        #expect(text.contains("\"error\":{\"kind\":\"\(failure.kind.name)\","))
        #expect(text.contains("\"retryable\":\(failure.isRetryable)"))
        #expect(text.contains("\"errcode\"") == (failure.errcode != nil))
    }

    @Test func recordThatCouldNotBeReadHasNulls() {
        let failure = JobFailure(.invalidJob, "the record has no value; a job is a JSON object")
        let text = ReplyFixture.reply(.failed(failure), identity: JobIdentity(), attempts: 0).json
        #expect(text.hasPrefix(#"{"schema":"query-reply.v1","job_id":null,"operation":null,"account":null,"outcome""#))
        #expect(text.contains(#","request":null,"attempts":0,"#))
    }

    @Test(arguments: [
        (RequestedIDs(applicationID: .number(7)), #"{"application_id":7}"#),
        (RequestedIDs(applicationID: .text("7")), #"{"application_id":"7"}"#),
        (RequestedIDs(isvApplicationID: "x"), #"{"isv_application_id":"x"}"#),
        (
            RequestedIDs(applicationID: .number(.max), isvApplicationID: "码\"\\"),
            #"{"application_id":18446744073709551615,"isv_application_id":"码\"\\"}"#
        ),
    ])
    func requestIsRepeatedAsGiven(request: RequestedIDs, expected: String) {
        var identity = ReplyFixture.identity
        identity.request = request
        let text = ReplyFixture.reply(.failed(JobFailure(.expired, "late")), identity: identity).json
        #expect(text.contains(",\"request\":\(expected),\"attempts\":"))
    }

    @Test(arguments: [1, 9_007_199_254_740_993, 1 << 63, UInt64.max - 1, UInt64.max])
    func idsAreWrittenDigitByDigit(id: UInt64) throws {
        let result = ApplyCodeQueryResult(
            status: "FINISH", applicationID: id,
            codeGenerateList: [ApplyCodeQueryResult.CodeRange(start: id - 1, end: id)], createTime: .max,
            updateTime: .max)
        let text = ReplyFixture.reply(.succeeded(result)).json
        #expect(text.contains("\"application_id\":\(id),"))
        #expect(text.contains("[{\"code_start\":\(id - 1),\"code_end\":\(id)}]"))
        #expect(text.contains("\"create_time\":9223372036854775807,"))
    }

    @Test func largestSourceIsWrittenDigitByDigit() {
        let source = JobSource(topic: "t", partition: .max, offset: .max)
        let text = ReplyFixture.reply(.failed(JobFailure(.internal, "x")), source: source).json
        #expect(text.hasSuffix(#""source":{"topic":"t","partition":2147483647,"offset":9223372036854775807}}"#))
    }

    @Test(arguments: [
        "\u{0}\u{1}\u{1F}\u{7F}", "\"\\/\u{8}\u{C}\n\r\t", "é码😀\u{10FFFF}\u{FFFD}", "\u{2028}\u{2029}",
        "e\u{301}\u{200D}",
        "</script>", "",
    ])
    func stringsOfEveryKindReadBackTheSame(text: String) throws {
        var identity = ReplyFixture.identity
        identity.jobID = text
        identity.account = text
        identity.request = RequestedIDs(isvApplicationID: text)
        var failure = JobFailure(.internal, text)
        failure.rid = text
        let bytes = Array(ReplyFixture.reply(.failed(failure), identity: identity).json.utf8)
        let root = try JSONDocument().parse(bytes)
        let read = [
            root["job_id"], root["account"], root["error"]?["message"], root["error"]?["rid"],
            root["request"]?["isv_application_id"],
        ].map { $0?.string.map { Array($0.utf8) } }
        #expect(read == Array(repeating: Array(text.utf8), count: 5))
        #expect(bytes.allSatisfy { $0 >= 0x20 })
    }
}
