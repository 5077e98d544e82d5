import EventLoop
import TestSupport
import Testing

@testable import WeChat

/// The assembled client before a server that fails now and then.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct WeChatClientRetryTests {
    @Test func succeedsAfterTheSystemWasBusyTwice() async throws {
        let it = WeChatClientFixture { _, call in .json(call <= 2 ? StubText.systemBusy : StubText.finished) }
        defer { it.client.close() }
        let context = it.job()
        #expect(try await it.start(context).wait() == .finished)
        #expect(context.attempts == 3)
        #expect(it.tokenCalls == 1)
        let retries = it.recorder.events.compactMap { event -> APIFailure.Kind? in
            guard case .callRetried("job-1", "wx1", _, let failure, _) = event else { return nil }
            return failure.kind
        }
        #expect(retries == [.busy, .busy])
    }

    @Test(arguments: [
        (StubAction.close, APIFailure.Kind.transport),
        (.partial(StubAnswer(200, StubText.finished), bodyBytes: 20), .transport),
        (.raw("garbage\r\n\r\n"), .protocolError), (.json("<html>502 Bad Gateway</html>", status: 502), .busy),
        (.json("", status: 500), .busy), (.json(StubText.systemBusy, status: 503), .busy),
        (.json(#"{"status":"FINI"#), .protocolError), (.json("<html>maintenance</html>"), .protocolError),
        (.json(#"{"errcode":0}"#), .protocolError),
    ])
    func makesTheCallAgainAfterAFaultOfTheServer(fault: StubAction, kind: APIFailure.Kind) async throws {
        let it = WeChatClientFixture { _, call in call == 1 ? fault : .json(StubText.finished) }
        defer { it.client.close() }
        let context = it.job()
        #expect(try await it.start(context).wait() == .finished)
        #expect(context.attempts == 2)
        #expect(it.businessCalls == 2)
        guard case .callRetried(_, _, 1, let failure, _) = it.recorder.events.last else {
            Issue.record("no retry was reported: \(it.recorder.events)")
            return
        }
        #expect(failure.kind == kind)
    }

    @Test func answersWithTheLastFaultAfterAllAttempts() async throws {
        let it = WeChatClientFixture { _, _ in .json(#"{"status":"FINI"#) }
        defer { it.client.close() }
        let context = it.job()
        let failure = try await it.start(context).wait().failure
        #expect(failure?.kind == .protocolError)
        #expect(failure?.retryable == true)
        #expect(failure?.message.contains("not valid JSON") == true)
        #expect(context.attempts == 5)
        #expect(it.businessCalls == 5)
    }

    @Test func endsAHungCallAtTheTimeLimitOfOneCall() async throws {
        let it = WeChatClientFixture {
            $0.timeout = .seconds(1)
            $0.retry = RetryPolicy(attempts: 2)
        } respond: { _, call in
            call == 1 ? .hang : .json(StubText.finished)
        }
        defer { it.client.close() }
        // With the token first: its call has the same limit, and a busy machine may need another one.
        it.client.start()
        try await it.client.waitUntilAnyAccountIsUsable(under: Interruption())
        let context = it.job()
        #expect(try await it.start(context).wait() == .finished)
        #expect(context.attempts == 2)
        let failures = it.recorder.events.compactMap { event -> APIFailure? in
            guard case .callRetried(_, _, _, let failure, _) = event else { return nil }
            return failure
        }
        #expect(failures.map(\.kind) == [.timeout])
        #expect(failures.map(\.message) == ["no complete response within the time limit"])
    }
}
