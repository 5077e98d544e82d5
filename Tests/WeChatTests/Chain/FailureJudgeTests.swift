import EventLoop
import HTTP
import TestSupport
import Testing

@testable import WeChat

@Suite @EventLoopActor
struct FailureJudgeTests {
    private let it = TokenProviderFixture()

    @Test func sendsTheOperationWithTheCallsToken() async throws {
        let transport = ScriptedTransport { _ in .json(#"{"errcode":0,"status":"FINISH"}"#) }
        #expect(await outcome(call("80_a+b"), transport) == .finished)
        let request = try #require(transport.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "https://api.example/intp/marketcode/applycodequery?access_token=80_a%2Bb")
        #expect(request.body == Array(#"{"application_id":581865877}"#.utf8))
        #expect(request.timeout == .seconds(5))
    }

    @Test func countsExchangesButNoRepetition() async {
        let transport = ScriptedTransport { _ in .json(#"{"errcode":-1}"#) }
        let call = call("t")
        for isRepetition in [false, true, false] {
            call.isRepetition = isRepetition
            _ = await outcome(call, transport)
        }
        #expect(call.context.attempts == 2)
        #expect(transport.requests.count == 3)
    }

    @Test func retriesAnAnswerThatDoesNotFitTheOperation() async {
        let transport = ScriptedTransport { _ in .json(#"{"errcode":0,"status":"FINISH","application_id":7}"#) }
        let expected = APIFailure(
            kind: .protocolError, httpStatus: 200,
            message: "application_id: 581865877 was asked for, the answer is about 7", retryable: true,
            disposition: .retry)
        #expect(await outcome(call("t"), transport) == .failed(expected))
    }

    @Test func keepsTheTokenOutOfTheMessage() async {
        let transport = ScriptedTransport { request in
            .json(#"{"errcode":40001,"errmsg":"refused: \#(request.url) with 80_a+b"}"#)
        }
        guard case .failure(.failed(let failure)) = await outcome(call("80_a+b"), transport) else {
            Issue.record("the call did not fail")
            return
        }
        #expect(
            failure.message
                == "refused: https://api.example/intp/marketcode/applycodequery?access_token=*** with ***")
    }

    @Test(arguments: [
        (HTTPError.timedOut(.total), APIFailure.Kind.timeout), (.timedOut(.connect), .timeout),
        (.couldNotConnect, .transport), (.couldNotResolve, .transport), (.connectionClosed(code: 52), .transport),
        (.tls(code: 35), .transport), (.other(code: 1), .transport), (.malformedResponse(code: 8), .protocolError),
        (.bodyTooLarge, .protocolError),
    ])
    func retriesAnExchangeWithoutAResponse(error: HTTPError, kind: APIFailure.Kind) async {
        let transport = ScriptedTransport { _ throws(HTTPClientFailure) in throw .failed(error) }
        let expected = APIFailure(kind: kind, message: error.description, retryable: true, disposition: .retry)
        #expect(await outcome(call("t"), transport) == .failed(expected))
    }

    @Test func takesAClosedClientForAnInterruption() async {
        let transport = ScriptedTransport { _ throws(HTTPClientFailure) in throw .failed(.clientClosed) }
        #expect(await outcome(call("t"), transport) == .failure(.interrupted))
    }

    private func call(_ token: String) -> APICall {
        let call = APICall(
            .applyCodeQuery(.sample), account: .sample(tokens: it.provider, on: it.clock),
            context: .sample(on: it.clock))
        call.token = AccessToken(token)
        return call
    }

    private func outcome(_ call: APICall, _ transport: ScriptedTransport) async -> Result<APIAnswer, APIError> {
        await FailureJudge(
            baseURL: "https://api.example", timeout: .seconds(5), transport: transport,
            judge: AnswerJudge(clock: it.clock)
        ).outcome(of: call)
    }
}
