import EventLoop
import HTTP
import TestSupport
import Testing

@testable import WeChat

/// How jobs wait for an account or for WeChat, with the chain around them.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct GateMiddlewareTests {
    @Test func usesUpNoAttemptAndNoTimeForAHold() async throws {
        let it = CallChainFixture()
        defer { it.close() }
        await it.hold("one")
        let job = try it.start(timeout: .seconds(10))
        await runUntilIdle()
        for probe in 0..<4 {
            it.wire.end(probe, .code(48001))
            await it.pass(.seconds(30))
            #expect(it.wire.requests.count == probe + 2)
        }
        #expect(job.context.deadline == it.clock.now + .seconds(10))
        it.wire.end(4, .finished)
        await runUntilIdle()
        #expect(job.hasFinished)
        #expect(job.context.attempts == 1)
    }

    @Test func saysWhatAJobHasWaitedForWhenItsDeadlinePasses() async throws {
        let it = CallChainFixture()
        defer { it.close() }
        await it.hold("one")
        let jobs = try (0..<2).map { _ in try it.start(timeout: .seconds(10), isFixed: true) }
        await runUntilIdle()
        it.wire.end(0..<2, .code(45009))
        await it.pass(.seconds(10))
        for job in jobs {
            #expect(job.failure?.kind == .timeout)
            #expect(
                job.failure?.message
                    == "the job's time is over; it waited because of quota_exhausted, errcode 45009: code 45009")
            #expect(job.context.attempts == 0)
        }
    }

    @Test func saysThatAJobHasWaitedForWeChatAlthoughItMadeNoCall() async throws {
        let it = CallChainFixture(concurrency: 16)
        defer { it.close() }
        await it.hold("one")
        _ = try await it.tripBreaker()
        let job = try it.start(timeout: .milliseconds(100), isFixed: true)
        await it.pass(.milliseconds(100))
        #expect(
            job.failure?.message
                == "the job's time is over; it waited because of transport: WeChat cannot be reached: "
                + "no connection could be made")
    }

    /// Each probe fails at once: without a pause, those that wait would try one after the other without end.
    @Test func triesOnceASecondWhileWeChatCannotBeReached() async throws {
        let it = CallChainFixture(concurrency: 16)
        defer { it.close() }
        await it.hold("one")
        let jobs = try await it.tripBreaker()
        it.wire.answer = { _ in .refused }
        let calls = it.wire.requests.count
        await it.pass(.milliseconds(200))
        #expect(it.wire.requests.count == calls + 1)
        for second in 1...30 {
            await it.pass(.seconds(1))
            #expect(it.wire.requests.count == calls + 1 + second)
        }
        it.wire.answer = { _ in .finished }
        await it.pass(.seconds(1))
        #expect(jobs.allSatisfy { $0.hasFinished && $0.context.attempts == 1 })
    }

    @Test func triesEachSecondAlthoughATryHangs() async throws {
        let it = CallChainFixture(concurrency: 16)
        defer { it.close() }
        await it.hold("one")
        _ = try await it.tripBreaker()
        let calls = it.wire.requests.count
        await it.pass(.milliseconds(200))
        for second in 1...4 {
            #expect(it.wire.requests.count == calls + second)
            await it.pass(.seconds(1))
        }
    }

    /// What WeChat says of the jobs is no matter: it says something, so it is there.
    @Test(arguments: [(80300, APIFailure.Kind.notFound), (80308, .busy)])
    func letsMoreThroughAfterAnOutageAlsoIfJobsFail(code: Int, kind: APIFailure.Kind) async throws {
        let it = CallChainFixture(concurrency: 12, retry: RetryPolicy(attempts: 1))
        defer { it.close() }
        await it.hold("one")
        _ = try await it.tripBreaker()
        let jobs = try it.start(30)
        await runUntilIdle()
        it.wire.answer = { _ in .code(code) }
        await it.pass(.milliseconds(200))
        await runUntilIdle()
        #expect(jobs.allSatisfy { $0.failure?.kind == kind })
        it.wire.answer = nil
        let calls = it.wire.requests.count
        _ = try it.start(12)
        await runUntilIdle()
        #expect(it.wire.requests.count == calls + 12)
    }

    /// The only job is the probe, and its time ends while it calls. It must end, and not try without end.
    @Test func endsAJobWhoseTimeIsOverDuringAnOutage() async throws {
        let it = CallChainFixture(concurrency: 16, retry: RetryPolicy(attempts: 1))
        defer { it.close() }
        await it.hold("one")
        let jobs = try (0..<HostBreaker.threshold).map { _ in try it.start(timeout: .seconds(1), isFixed: true) }
        await runUntilIdle()
        it.wire.end(0..<HostBreaker.threshold, .refused)
        await it.pass(.milliseconds(200))
        // The one that tripped it; the others had no attempt left.
        #expect(jobs.count { $0.value == nil } == 1)
        #expect(it.wire.requests.count == HostBreaker.threshold + 1)
        await it.pass(.seconds(1))
        #expect(jobs.allSatisfy { $0.failure != nil })
        #expect(it.wire.requests.count == HostBreaker.threshold + 1)
        #expect(it.breaker.isTripped)
        #expect(it.breaker.wantsJobs)
        #expect(it.wanted > 0)
    }

    /// Answers to calls from before the outage still come between its first failures.
    @Test func usesUpNoAttemptForAFailureThatAnAnswerToAnotherFollowed() async throws {
        let it = CallChainFixture(concurrency: 16)
        defer { it.close() }
        await it.hold("one")
        let jobs = try it.start(2)
        await runUntilIdle()
        it.wire.end(0, .refused)
        await runUntilIdle()
        it.wire.end(1, .finished)
        _ = try await it.tripBreaker()
        it.wire.answer = { _ in .finished }
        await it.pass(.seconds(1))
        #expect(jobs.allSatisfy { $0.hasFinished && $0.context.attempts == 1 })
    }

    /// It hung from before the outage until after its end: WeChat was not there, and that is no fault of the job.
    @Test func usesUpNoAttemptForACallThatFailedLate() async throws {
        let it = CallChainFixture(concurrency: 16, retry: RetryPolicy(attempts: 1))
        defer { it.close() }
        await it.hold("one")
        let late = try it.start()
        await runUntilIdle()
        let others = try it.start(HostBreaker.threshold)
        await runUntilIdle()
        it.wire.end(1..<1 + HostBreaker.threshold, .refused)
        await it.pass(.milliseconds(200))
        it.wire.end(1 + HostBreaker.threshold, .finished)
        await runUntilIdle()
        #expect(!it.breaker.isTripped)
        it.wire.end(0, .failure(.failed(.timedOut(.total))))
        await runUntilIdle()
        #expect(late.value == nil)
        it.wire.end(2 + HostBreaker.threshold, .finished)
        await runUntilIdle()
        #expect(late.hasFinished)
        #expect(late.context.attempts == 1)
        _ = others
    }

    /// The same call, but its job was taken away meanwhile: it is not made again although nothing holds it up.
    @Test func makesNoCallAgainAfterALateFailureForAJobThatWasTakenAway() async throws {
        let it = CallChainFixture(concurrency: 16)
        defer { it.close() }
        await it.hold("one")
        let late = try it.start()
        await runUntilIdle()
        _ = try it.start(10)
        await runUntilIdle()
        it.wire.end(1..<11, .refused)
        it.wire.answer = { _ in .finished }
        await it.pass(.milliseconds(200))
        #expect(!it.breaker.isTripped)
        let calls = it.wire.requests.count
        late.context.interruption.interrupt(.waits, cause: .handedOver)
        it.wire.end(0, .refused)
        await runUntilIdle()
        #expect(late.value == .failure(.interrupted))
        #expect(it.wire.requests.count == calls)
    }

    /// Those that wait for a place would call one after the other an account that is known to be on hold.
    @Test func hasThoseWaitThatStandBehindTheGateAlready() async throws {
        let it = CallChainFixture(concurrency: 2)
        defer { it.close() }
        await it.hold("one")
        let jobs = try it.start(50)
        await runUntilIdle()
        #expect(it.wire.requests.count == 2)
        it.wire.end(0, .code(45011))
        await runUntilIdle()
        it.wire.end(1, .code(45011))
        await runUntilIdle()
        #expect(it.wire.requests.count == 2)
        it.wire.answer = { _ in .finished }
        await it.pass(.seconds(63))
        await runUntilIdle()
        #expect(jobs.allSatisfy { $0.hasFinished && $0.context.attempts == 1 })
    }

    /// The job that makes the probe is taken away while it calls.
    @Test func hasTheNextOneProbeIfTheProbeIsTakenAway() async throws {
        let it = CallChainFixture()
        defer { it.close() }
        await it.hold("one")
        let jobs = try it.start(2)
        await runUntilIdle()
        it.wire.end(0..<2, .code(48001))
        await it.pass(.seconds(30))
        #expect(it.wire.requests.count == 3)
        jobs[0].context.interruption.interrupt(.everything, cause: .handedOver)
        await runUntilIdle()
        #expect(jobs[0].value == .failure(.interrupted))
        #expect(it.wire.requests.count == 4)
    }

    /// A job that is to wait no more makes no other call although WeChat could not be reached.
    @Test func makesNoCallAgainThatIsToWaitNoMore() async throws {
        let it = CallChainFixture(concurrency: 16)
        defer { it.close() }
        await it.hold("one")
        let jobs = try it.start(HostBreaker.threshold)
        await runUntilIdle()
        for job in jobs { job.context.interruption.interrupt(.waits, cause: .handedOver) }
        it.wire.end(0..<HostBreaker.threshold, .refused)
        await it.pass(.seconds(5))
        #expect(jobs.allSatisfy { $0.value == .failure(.interrupted) })
        #expect(it.wire.requests.count == HostBreaker.threshold)
    }
}
