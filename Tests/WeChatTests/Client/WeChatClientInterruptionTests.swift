import EventLoop
import TestSupport
import Testing

@testable import WeChat

/// The assembled client when jobs, or the client itself, are cut short.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct WeChatClientInterruptionTests {
    @Test(arguments: [
        (Interrupted.Cause.handedOver, APIError.interrupted), (.deadline, .failed(.outOfTime)),
    ])
    func endsACallOnTheWire(cause: Interrupted.Cause, expected: APIError) async throws {
        let it = WeChatClientFixture { _, _ in .hang }
        defer { it.client.close() }
        let interruption = Interruption()
        let context = it.job(under: interruption)
        let task = it.start(context)
        await it.api.waitForRequests(2)
        interruption.interrupt(.everything, cause: cause)
        #expect(try await task.wait() == .failure(expected))
        #expect(context.attempts == 1)
        #expect(it.businessCalls == 1)
    }

    @Test func letsACallOnTheWireFinishThatIsToWaitNoMore() async throws {
        let gate = StubGate()
        let it = WeChatClientFixture { _, _ in .answerAfter(gate, StubAnswer(200, StubText.finished)) }
        defer { it.client.close() }
        let interruption = Interruption()
        let task = it.start(it.job(under: interruption))
        await it.api.waitForRequests(2)
        interruption.interrupt(.waits, cause: .handedOver)
        gate.open()
        #expect(try await task.wait() == .finished)
    }

    @Test func makesNoCallAgainThatIsToWaitNoMore() async throws {
        let gate = StubGate()
        let it = WeChatClientFixture { _, _ in .answerAfter(gate, StubAnswer(200, StubText.systemBusy)) }
        defer { it.client.close() }
        let interruption = Interruption()
        let task = it.start(it.job(under: interruption))
        await it.api.waitForRequests(2)
        interruption.interrupt(.waits, cause: .handedOver)
        gate.open()
        #expect(try await task.wait() == .failure(.interrupted))
        #expect(it.businessCalls == 1)
    }

    @Test func endsEverythingAsInterruptedWhenItIsClosed() async throws {
        let it = WeChatClientFixture {
            $0.accounts["wx2"] = AccountCredentials { "s3cret-hidden" }
        } handler: { request in
            request.isForToken && !request.bodyText.contains("wx2") ? StubWeChat().grant() : .hang
        }
        let calling = it.start(it.job())
        await it.api.waitForRequests(2)
        let waiting = it.start(it.job(), account: "wx2")
        await it.api.waitForRequests(3)
        it.client.close()
        #expect(try await calling.wait() == .failure(.interrupted))
        #expect(try await waiting.wait() == .failure(.interrupted))
        #expect(try await it.start(it.job()).wait() == .failure(.interrupted))
    }
}
