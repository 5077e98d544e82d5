import EventLoop
import HTTP
import TestSupport
import Testing

@testable import WeChat

/// The assembled chain: each sentence of the comment at `CallChain`, and what happens to thousands of jobs at once.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct CallChainTests {
    /// *Deadline* before all others.
    @Test func neitherCallsNorWaitsForAJobWhoseTimeIsOver() async throws {
        let it = CallChainFixture()
        defer { it.close() }
        await it.hold("one")
        let job = try it.start(timeout: .zero)
        await runUntilIdle()
        #expect(job.failure == .outOfTime)
        #expect(it.wire.requests.isEmpty)
        #expect(it.clock.pendingDelays.count == 1, "only the token's refresh is left")
    }

    /// *Retry* before *gate*: the account is put on hold during the retry's delay.
    @Test func makesNoRetryForAnAccountThatIsOnHoldByThen() async throws {
        let it = CallChainFixture()
        defer { it.close() }
        await it.hold("one")
        let retrying = try it.start()
        await runUntilIdle()
        it.wire.end(0, .success(.json(StubText.systemBusy)))
        await runUntilIdle()
        let failing = try it.start()
        await runUntilIdle()
        it.wire.end(1, .code(48001))
        await it.pass(.seconds(29))
        #expect(it.wire.requests.count == 2)
        it.wire.answer = { _ in .finished }
        await it.pass(.seconds(1))
        #expect(retrying.hasFinished && failing.hasFinished)
        #expect(retrying.context.attempts == 2)
        #expect(failing.context.attempts == 1)
    }

    /// What the gate has wait uses up no attempt, however often it fails.
    @Test func usesUpNoAttemptAtTheGate() async throws {
        let it = CallChainFixture(retry: RetryPolicy(attempts: 1))
        defer { it.close() }
        await it.hold("one")
        let job = try it.start()
        await runUntilIdle()
        for probe in 0..<10 {
            it.wire.end(probe, .code(48001))
            await it.pass(.seconds(30))
        }
        it.wire.end(10, .finished)
        await runUntilIdle()
        #expect(job.hasFinished)
        #expect(job.context.attempts == 1)
    }

    /// *Token* before *call limit*: who waits for a place has a token already, and is given another one if that is refused
    /// meanwhile.
    @Test func makesNoCallWithATokenThatWasRefusedWhileItWaited() async throws {
        let it = CallChainFixture(concurrency: 2)
        defer { it.close() }
        await it.hold("one")
        let jobs = try it.start(6)
        await runUntilIdle()
        it.wire.end(0..<2, .code(40001))
        await runUntilIdle()
        it.wire.answer = { _ in .finished }
        await it.fetchers["wx1"]?.succeed("two")
        await runUntilIdle()
        #expect(jobs.allSatisfy { $0.hasFinished && $0.context.attempts == 1 })
        #expect(it.wire.tokens == ["one", "one"] + [String](repeating: "two", count: 6))
    }

    /// *Gate* before *token*: without the gate each job would ask for the token that cannot be had.
    @Test func asksForATokenOnceForAllJobsOfAnAccountThatGetsNone() async throws {
        let it = CallChainFixture()
        defer { it.close() }
        let jobs = try it.start(20)
        let fetcher = try #require(it.fetchers["wx1"])
        await fetcher.fail(.sample(.credentials, errcode: 40125, .holdAccount))
        #expect(it.accounts["wx1"]?.gate.hold?.failure.concernsToken == true)
        let late = try it.start(20)
        await it.pass(.seconds(29))
        #expect(fetcher.fetches == 1)
        await it.pass(.seconds(1))
        #expect(fetcher.fetches == 2)
        it.wire.answer = { _ in .finished }
        await fetcher.succeed("one")
        #expect((jobs + late).allSatisfy { $0.hasFinished && $0.context.attempts == 1 })
    }

    /// *Retry* before *token*: between the first try and the second the token was refused to another job.
    @Test func makesEachTryWithTheTokenOfItsTime() async throws {
        let it = CallChainFixture()
        defer { it.close() }
        await it.hold("one")
        let retrying = try it.start()
        await runUntilIdle()
        it.wire.end(0, .success(.json(StubText.systemBusy)))
        await runUntilIdle()
        _ = try it.start()
        await runUntilIdle()
        it.wire.end(1, .code(40001))
        await it.fetchers["wx1"]?.succeed("two")
        it.wire.end(2, .finished)
        it.wire.answer = { _ in .finished }
        await it.pass(.milliseconds(100))
        #expect(retrying.hasFinished)
        #expect(it.wire.tokens == ["one", "one", "two", "two"])
    }

    /// *Token* before *call limit*: with one place in all, the other account has it.
    @Test func keepsNoPlaceForJobsThatWaitForAToken() async throws {
        let it = CallChainFixture(accounts: ["wx1", "wx2"], concurrency: 1)
        defer { it.close() }
        await it.hold("two", account: "wx2")
        let waiting = try it.start(3)
        await runUntilIdle()
        let other = try it.start(account: "wx2")
        it.wire.answer = { _ in .finished }
        await runUntilIdle()
        #expect(other.hasFinished)
        #expect(waiting.allSatisfy { $0.value == nil })
        await it.fetchers["wx1"]?.succeed("one")
        #expect(waiting.allSatisfy { $0.hasFinished })
    }

    /// *Call limit* before the exchange: neither a retry's delay nor a refused token keeps a place.
    @Test(arguments: [HeldWire.Outcome.success(.json(StubText.systemBusy)), .code(40001), .code(48001)])
    func freesThePlaceAsSoonAsTheAnswerIsThere(answer: HeldWire.Outcome) async throws {
        let it = CallChainFixture(accounts: ["wx1", "wx2"], concurrency: 1)
        defer { it.close() }
        await it.hold("one")
        await it.hold("two", account: "wx2")
        let first = try it.start()
        let second = try it.start(account: "wx2")
        await runUntilIdle()
        #expect(it.wire.requests.count == 1)
        it.wire.end(0, answer)
        await runUntilIdle()
        #expect(it.wire.tokens == ["one", "two"])
        it.wire.end(1, .finished)
        await runUntilIdle()
        #expect(second.hasFinished)
        #expect(first.value == nil)
    }

    // MARK: Storms

    /// 2,000 jobs, a few of them on the wire, when the token is revoked.
    @Test func fetchesOneTokenForAllJobsThatMeetARevokedOne() async throws {
        let it = CallChainFixture(concurrency: 128)
        defer { it.close() }
        await it.hold("one")
        it.wire.answer = { $0.url.hasSuffix("=one") ? .code(40001) : .finished }
        let jobs = try it.start(2000)
        await settle(jobs) { $0.fetchers["wx1"]?.isFetching == true }
        await it.fetchers["wx1"]?.succeed("two")
        await settle(jobs)
        #expect(jobs.allSatisfy { $0.hasFinished && $0.context.attempts == 1 })
        #expect(it.fetchers["wx1"]?.fetches == 2)

        func settle(_ jobs: [CallChainFixture.Job], until done: ((CallChainFixture) -> Bool)? = nil) async {
            for _ in 0..<1000 where done.map({ !$0(it) }) ?? jobs.contains(where: { $0.value == nil }) {
                await runUntilIdle()
            }
        }
    }

    /// The token is revoked, and another one can't be had for a while: one hold, and nobody is answered with it.
    @Test func hasAllJobsWaitForATokenThatCannotBeHad() async throws {
        let it = CallChainFixture(concurrency: 128)
        defer { it.close() }
        await it.hold("one")
        it.wire.answer = { $0.url.hasSuffix("=one") ? .code(40001) : .finished }
        let jobs = try it.start(2000)
        let fetcher = try #require(it.fetchers["wx1"])
        for _ in 0..<1000 where !fetcher.isFetching { await runUntilIdle() }
        for _ in 0..<3 {
            await fetcher.fail(.sample(.transport))
            for _ in 0..<50 { await runUntilIdle() }
            #expect(jobs.allSatisfy { $0.value == nil })
            it.clock.advance(by: .seconds(4))
        }
        await fetcher.succeed("two")
        for _ in 0..<1000 where jobs.contains(where: { $0.value == nil }) { await runUntilIdle() }
        #expect(jobs.allSatisfy { $0.hasFinished && $0.context.attempts == 1 })
        #expect(fetcher.fetches == 5)
        let holds = it.recorder.events.filter { event in
            if case .accountHeld = event { true } else { false }
        }
        #expect(holds.count == 1)
    }

    /// All are on the wire with the old token. Half of its refusals arrive when the new one is long in use.
    @Test func dropsNoNewTokenForRefusalsOfTheOldOne() async throws {
        let it = CallChainFixture(concurrency: 2000)
        defer { it.close() }
        await it.hold("one")
        it.wire.answer = { $0.url.hasSuffix("=two") ? .finished : nil }
        let jobs = try it.start(2000)
        while it.wire.requests.count < 2000 { await runUntilIdle() }
        it.wire.end(0..<1000, .code(40001))
        await it.fetchers["wx1"]?.succeed("two")
        while it.wire.requests.count < 3000 { await runUntilIdle() }
        it.wire.end(1000..<2000, .code(40001))
        while jobs.contains(where: { $0.value == nil }) { await runUntilIdle() }
        #expect(jobs.allSatisfy { $0.hasFinished && $0.context.attempts == 1 })
        #expect(it.fetchers["wx1"]?.fetches == 2)
        #expect(it.wire.requests.count == 4000)
    }
}
