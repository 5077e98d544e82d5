import EventLoop
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct RetryMiddlewareTests {
    private let it = TokenProviderFixture()
    private let policy = RetryPolicy(attempts: 3, backoff: .milliseconds(100), backoffMax: .seconds(5))

    @Test func makesAFailedCallAgainAfterADelay() async throws {
        let next = ScriptedHandler(.failed(.sample(.busy)), .failed(.sample(.transport)), .finished)
        let outcome = run(next)
        await runUntilIdle()
        #expect(next.arrivals.count == 1)
        #expect(try await it.clock.passNextDelay() == .milliseconds(100))
        await runUntilIdle()
        #expect(next.arrivals.count == 2)
        #expect(try await it.clock.passNextDelay() == .milliseconds(200))
        #expect(try await outcome.outcome() == .finished)
        #expect(it.clock.pendingDelays == [])
        #expect(
            it.recorder.events == [
                .callRetried(
                    job: "job-1", account: "wx1", attempt: 1, failure: .sample(.busy), delay: .milliseconds(100)),
                .callRetried(
                    job: "job-1", account: "wx1", attempt: 2, failure: .sample(.transport),
                    delay: .milliseconds(200)),
            ])
    }

    @Test func answersWithTheLastFailureAfterAllAttempts() async throws {
        let next = ScriptedHandler(
            .failed(.sample(.busy)), .failed(.sample(.busy)), .failed(.sample(.timeout)), .finished)
        let outcome = run(next)
        for _ in 1...2 { _ = try await it.clock.passNextDelay() }
        #expect(try await outcome.outcome() == .failed(.sample(.timeout)))
        #expect(next.arrivals.count == 3)
    }

    @Test(arguments: [
        APIError.interrupted, .failed(.outOfTime), .failed(.sample(.notFound, errcode: 80300, .giveUp)),
        .failed(.sample(.credentials, errcode: 40125, .holdAccount)),
    ])
    func makesNoCallAgainThatWillNotFareBetter(error: APIError) async throws {
        let next = ScriptedHandler(.failure(error))
        #expect(try await run(next).outcome() == .failure(error))
        #expect(next.arrivals.count == 1)
        #expect(it.recorder.events == [])
    }

    /// The delay is 100 ms. At the deadline itself there is no time left to call.
    @Test(arguments: [(101, 2), (100, 1), (50, 1)])
    func startsNoDelayThatTheDeadlineWouldCutOff(timeout: Int, calls: Int) async throws {
        let next = ScriptedHandler(.failed(.sample(.busy)))
        let outcome = run(next, timeout: .milliseconds(timeout))
        if calls > 1 { _ = try await it.clock.passNextDelay() }
        #expect(try await outcome.outcome() == .failed(.sample(.busy)))
        #expect(next.arrivals.count == calls)
        #expect(it.recorder.events.count == calls - 1)
        #expect(it.clock.pendingDelays == [])
    }

    @Test(arguments: [
        (Interrupted.Cause.handedOver, APIError.interrupted), (.deadline, .failed(.outOfTime(after: .sample(.busy)))),
    ])
    func endsItsDelayWhenTheJobIsInterrupted(cause: Interrupted.Cause, expected: APIError) async throws {
        let next = ScriptedHandler(.failed(.sample(.busy)), .finished)
        let interruption = Interruption()
        let outcome = run(next, under: interruption)
        await runUntilIdle()
        interruption.interrupt(.waits, cause: cause)
        #expect(try await outcome.outcome() == .failure(expected))
        #expect(next.arrivals.count == 1)
        #expect(it.clock.pendingDelays == [])
    }

    @Test func waitsAsLongAsTheServerWishes() async throws {
        let next = ScriptedHandler(.failed(.sample(.busy, retryAfter: .seconds(9))), .finished)
        let outcome = run(next)
        #expect(try await it.clock.passNextDelay() == .seconds(9))
        #expect(try await outcome.outcome() == .finished)
    }

    /// Ten retries are allowed, and one more for every five first calls; nobody is answered for want of them.
    @Test func waitsWhereTheBudgetIsEmptyInsteadOfFailing() async throws {
        let retries = retries()
        let handlers = (0..<32).map { _ in ScriptedHandler(.failed(.sample(.busy)), .finished) }
        let outcomes = handlers.map { run($0, with: retries) }
        await runUntilIdle()
        it.clock.advance(by: .milliseconds(100))
        await runUntilIdle()
        #expect(outcomes.count { $0.value != nil } == 16)
        for _ in 0..<3 {
            await runUntilIdle()
            it.clock.advance(by: .seconds(1))
        }
        await runUntilIdle()
        #expect(outcomes.allSatisfy { $0.value == .finished })
        // However long it waits, it is one retry.
        #expect(it.recorder.events.count == 32)
    }

    @Test func waitsOnceAsLongAsTheServerWishesThoughTheBudgetIsEmpty() async throws {
        let retries = retries()
        let busy = APIFailure.sample(.busy, retryAfter: .seconds(20))
        let outcomes = (0..<32).map { _ in run(ScriptedHandler(.failed(busy), .finished), with: retries) }
        await runUntilIdle()
        for wait in [20, 1, 1, 1] {
            it.clock.advance(by: .seconds(wait))
            await runUntilIdle()
        }
        #expect(outcomes.allSatisfy { $0.value == .finished })
    }

    @Test func needsNoBudgetForWhatIsNoSignOfOverload() async throws {
        let retries = retries()
        let failure = APIFailure.sample(.tokenRejected, errcode: 40001)
        let outcomes = (0..<50).map { _ in run(ScriptedHandler(.failed(failure), .finished), with: retries) }
        await runUntilIdle()
        it.clock.advance(by: .milliseconds(100))
        await runUntilIdle()
        #expect(outcomes.allSatisfy { $0.value == .finished })
    }

    @Test func answersWithTheFailureIfTheBudgetIsEmptyUntilTheDeadline() async throws {
        let retries = retries()
        let outcomes = (0..<42).map { _ in
            run(ScriptedHandler(.failed(.sample(.busy)), .finished), timeout: .milliseconds(500), with: retries)
        }
        await runUntilIdle()
        it.clock.advance(by: .milliseconds(100))
        await runUntilIdle()
        #expect(outcomes.count { $0.value == .failed(.sample(.busy)) } == 24)
        #expect(it.clock.pendingDelays == [])
    }

    private func retries() -> Retries {
        let recorder = it.recorder
        return Retries(
            policy: policy, breaker: .sample(on: it.clock), clock: it.clock, random: LoopRandom(FixedGenerator.one),
            events: { recorder.record($0) })
    }

    private func run(
        _ next: ScriptedHandler, timeout: Duration = .seconds(60), under interruption: Interruption = Interruption(),
        with retries: Retries? = nil
    ) -> LoopTask<Result<APIAnswer, APIError>> {
        let retry = RetryMiddleware(retries: retries ?? self.retries(), next: next)
        let call = APICall(
            .applyCodeQuery(.sample), account: .sample(tokens: it.provider, on: it.clock),
            context: .sample(on: it.clock, timeout: timeout, interruption: interruption))
        return LoopTask { await retry.outcome(of: call) }
    }
}
