import EventLoop
import HTTP
import JSON
import TestSupport
import Testing

@testable import WeChat

@Suite @EventLoopActor
struct AnswerJudgeTests {
    private let clock = ManualClock()
    private let judge: AnswerJudge

    init() { judge = AnswerJudge(clock: clock) }

    @Test(arguments: [
        #"{"status":"FINISH"}"#, #"{"errcode":0,"errmsg":"ok","status":"FINISH"}"#,
        #"{"errcode":"0","status":"FINISH"}"#, #"{"errcode":null,"status":"FINISH"}"#,
    ])
    func letsASuccessPass(body: String) throws {
        for status in [200, 201, 299] {
            let json = try judge.judge(.json(body, status: status), from: .business, secrets: [])
            #expect(json["status"]?.string == "FINISH")
        }
    }

    @Test(arguments: ["80300", #""80300""#])
    func readsAnErrorCode(code: String) {
        let failure = failure(
            .json(#"{"errcode":\#(code),"errmsg":"application not exist rid: 6543a2b1-0a1b2c3d-12345678"}"#))
        let expected = APIFailure(
            kind: .notFound, errcode: 80300, httpStatus: 200,
            message: "application not exist rid: 6543a2b1-0a1b2c3d-12345678", rid: "6543a2b1-0a1b2c3d-12345678",
            retryable: false)
        #expect(failure == expected)
    }

    @Test(arguments: [#"{"errcode":80300}"#, #"{"errcode":80300,"errmsg":""}"#, #"{"errcode":80300,"errmsg":7}"#])
    func saysWhatTheCodeMeansWhereWeChatDoesNot(body: String) {
        #expect(failure(.json(body))?.message == "the application does not exist")
        #expect(failure(.json(body))?.rid == nil)
    }

    /// Replies have 32 bits for it.
    @Test(arguments: ["2147483648", "-2147483649", #""99999999999""#])
    func errorCodeBeyond32BitsIsUnreadable(code: String) {
        let failure = failure(.json(#"{"errcode":\#(code),"errmsg":"x"}"#))
        #expect(failure?.kind == .protocolError)
        #expect(failure?.errcode == nil)
    }

    @Test func takesTheCodeAsTheEndpointMeansIt() {
        let response = HTTPResponse.json(#"{"errcode":40001,"errmsg":"invalid credential"}"#)
        #expect(failure(response)?.kind == .tokenRejected)
        #expect(failure(response, from: .token)?.kind == .credentials)
    }

    @Test(arguments: [
        (500, APIFailure.Kind.busy, APIFailure.Disposition.retry), (502, .busy, .retry), (599, .busy, .retry),
        (429, .rateLimited, .retry), (400, .protocolError, .giveUp), (403, .protocolError, .giveUp),
        (404, .protocolError, .giveUp), (302, .protocolError, .giveUp), (100, .protocolError, .giveUp),
    ])
    func judgesByTheStatusWhereTheBodySaysNothing(
        status: Int, kind: APIFailure.Kind, disposition: APIFailure.Disposition
    ) {
        for body in ["", "<html><body>Bad Gateway</body></html>", #"{"status":"FINISH"}"#, #"{"errcode":0}"#] {
            let failure = failure(.json(body, status: status))
            #expect(failure?.kind == kind)
            #expect(failure?.disposition == disposition)
            #expect(failure?.retryable == true)
            #expect(failure?.errcode == nil)
            #expect(failure?.httpStatus == status)
            #expect(failure?.message == "the server answered with HTTP status \(status)")
        }
    }

    /// Below 500 the code says more than the status; from 500 on the server itself is in trouble.
    @Test(arguments: [(200, APIFailure.Kind.permission), (403, .permission), (429, .rateLimited), (500, .busy)])
    func weighsTheCodeAgainstTheStatus(status: Int, kind: APIFailure.Kind) {
        let failure = failure(.json(#"{"errcode":48001,"errmsg":"api unauthorized"}"#, status: status))
        #expect(failure?.kind == kind)
        #expect(failure?.errcode == 48001)
        #expect(failure?.httpStatus == status)
        #expect(failure?.message == "api unauthorized")
    }

    @Test(arguments: [
        "", "<html>", #"{"status":"FINI"#, "[]", "1", #""ok""#, "null", #"{"errcode":true}"#, #"{"errcode":1.5}"#,
        #"{"errcode":"none"}"#, #"{"errcode":[]}"#, #"{"errcode":9223372036854775808}"#,
    ])
    func retriesWhatItCannotRead(body: String) {
        let failure = failure(.json(body))
        #expect(failure?.kind == .protocolError)
        #expect(failure?.disposition == .retry)
        #expect(failure?.retryable == true)
        #expect(failure?.httpStatus == 200)
    }

    @Test func readsNoAnswerThatIsTooLong() {
        let body = #"{"status":"\#(String(repeating: "x", count: 1 << 20))"}"#
        #expect(failure(.json(body))?.kind == .protocolError)
    }

    @Test func knowsWhenToComeBack() {
        let failure = failure(.json("", status: 503, retryAfter: .seconds(7)))
        #expect(failure?.retryAfter == .seconds(7))
        #expect(failure?.retryAt == clock.wallTime + .seconds(7))
    }

    /// A date years ahead would keep an account on hold until a restart.
    @Test func comesBackAfterAnHourAtTheLatest() {
        let failure = failure(.json("", status: 503, retryAfter: .seconds(1_000_000)))
        #expect(failure?.retryAfter == .seconds(3600))
        #expect(failure?.retryAt == clock.wallTime + .seconds(3600))
    }

    @Test(arguments: [
        ("a hint: [x] rid: 6543a2b1-0a1b2c3d-12345678", "6543a2b1-0a1b2c3d-12345678"),
        ("a rid:6543A2B1-1, and more", "6543A2B1-1"), ("a rid: ", nil), ("a rid: none", nil), ("rid 6543a2b1", nil),
        ("rid: " + String(repeating: "a", count: 65), nil), ("申请单不存在 rid: 6543a2b1-1", "6543a2b1-1"),
    ])
    func findsTheRid(errmsg: String, rid: String?) {
        #expect(failure(.json(#"{"errcode":80300,"errmsg":"\#(errmsg)"}"#))?.rid == rid)
    }

    @Test func keepsSecretsOutOfTheMessage() {
        let errmsg = "bad token 80_hidden in /x?access_token=80_other&a=1"
        let failure = failure(.json(#"{"errcode":40014,"errmsg":"\#(errmsg)"}"#), secrets: ["80_hidden"])
        #expect(failure?.message == "bad token *** in /x?access_token=***&a=1")
    }

    @Test func cutsALongMessage() {
        let errmsg = String(repeating: "码", count: 1000)
        let failure = failure(.json(#"{"errcode":80300,"errmsg":"\#(errmsg)"}"#))
        #expect(failure?.message == String(repeating: "码", count: 170))
    }

    private func failure(
        _ response: HTTPResponse, from endpoint: WeChatErrorCode.Endpoint = .business, secrets: [String] = []
    ) -> APIFailure? {
        do throws(APIFailure) {
            _ = try judge.judge(response, from: endpoint, secrets: secrets)
            return nil
        } catch { return error }
    }
}
