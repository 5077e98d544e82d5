import EventLoop
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct DeadlineMiddlewareTests {
    private let it = TokenProviderFixture()
    private let next = ScriptedHandler(.finished)

    @Test(arguments: [(0, true), (999, true), (1000, false), (1001, false)])
    func makesNoCallOnceTheTimeIsOver(elapsed: Int, isInTime: Bool) async {
        let context = CallContext.sample(on: it.clock, timeout: .seconds(1))
        it.clock.advance(by: .milliseconds(elapsed))
        #expect(await outcome(context) == (isInTime ? .finished : .failed(.outOfTime)))
        #expect(next.arrivals.count == (isInTime ? 1 : 0))
    }

    @Test(arguments: [
        (Interrupted.Cause.handedOver, APIError.interrupted), (.deadline, .failed(.outOfTime)),
    ])
    func makesNoCallForAJobThatWasInterrupted(cause: Interrupted.Cause, expected: APIError) async {
        let context = CallContext.sample(on: it.clock)
        context.interruption.interrupt(.waits, cause: cause)
        #expect(await outcome(context) == .failure(expected))
        #expect(next.arrivals.isEmpty)
    }

    @Test func saysThatTheSameJobMaySucceedLater() {
        #expect(APIFailure.outOfTime.kind == .timeout)
        #expect(APIFailure.outOfTime.retryable)
    }

    private func outcome(_ context: CallContext) async -> Result<APIAnswer, APIError> {
        let account = Account.sample(tokens: it.provider, on: it.clock)
        return await DeadlineMiddleware(clock: it.clock, next: next)
            .outcome(of: APICall(.applyCodeQuery(.sample), account: account, context: context))
    }
}
