import EventLoop
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct TokenProviderTests {
    private let it = TokenProviderFixture()

    @Test func fetchesOnceForAllThatWait() async throws {
        let tasks = (0..<100).map { _ in it.ask() }
        await runUntilIdle()
        #expect(it.fetcher.fetches == 1)
        await it.fetcher.succeed("one")
        for task in tasks { #expect(task.value == .success("one")) }
        #expect(it.ask().value == nil)
        await runUntilIdle()
        #expect(it.fetcher.fetches == 1)
    }

    @Test func fetchesUnaskedOnceItIsStarted() async {
        it.provider.start()
        it.provider.start()
        await runUntilIdle()
        #expect(it.fetcher.fetches == 1)
        #expect(it.usable.count == 0)
        await it.fetcher.succeed("one")
        #expect(it.provider.isUsable)
        #expect(it.usable.count == 1)
    }

    @Test func renewsInTheBackgroundWhileTheOldTokenServes() async throws {
        await it.hold("old")
        #expect(it.clock.pendingDelays == [.seconds(7080)])
        it.clock.advance(by: .seconds(7080))
        await runUntilIdle()
        #expect(it.fetcher.fetches == 2)
        #expect(try await it.ask().outcome() == .success("old"))
        await it.fetcher.succeed("new")
        #expect(try await it.ask().outcome() == .success("new"))
        #expect(it.clock.pendingDelays == [.seconds(7080)])
    }

    @Test func servesTheOldTokenUntilItsEndWhenItCannotBeRenewed() async throws {
        await it.hold("old")
        it.clock.advance(by: .seconds(7080))
        await it.fetcher.fail(.sample(.transport, retryAfter: .seconds(1000)))
        #expect(try await it.ask().outcome() == .success("old"))
        it.clock.advance(by: .seconds(119))
        #expect(it.provider.isUsable)
        it.clock.advance(by: .seconds(1))
        #expect(!it.provider.isUsable)
        let outcome = try await it.ask().outcome()
        #expect(failure(outcome)?.retryAfter == .seconds(880))
    }

    @Test func failsAllThatWaitAndThoseThatComeBeforeTheNextTry() async throws {
        let waiting = (0..<3).map { _ in it.ask() }
        await it.fetcher.fail(.sample(.credentials, errcode: 40125, .holdAccount))
        it.clock.advance(by: .seconds(10))
        let late = it.ask()
        await runUntilIdle()
        #expect(it.fetcher.fetches == 1)
        for (task, delay) in waiting.map({ ($0, 30) }) + [(late, 20)] {
            let failure = failure(task.value)
            #expect(failure?.kind == .credentials)
            #expect(failure?.retryAfter == .seconds(delay))
        }
        #expect(failure(late.value)?.retryAt == it.clock.wallTime + .seconds(20))
    }

    @Test func triesAgainUnaskedAfterAFailureAndBacksOff() async throws {
        it.provider.start()
        var delays: [Duration] = []
        for _ in 0..<4 {
            await it.fetcher.fail(.sample(.busy))
            delays += it.clock.pendingDelays
            _ = try await it.clock.passNextDelay()
        }
        #expect(delays == [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)])
        await it.fetcher.succeed("one")
        #expect(try await it.ask().outcome() == .success("one"))
        #expect(it.fetcher.fetches == 5)
    }

    @Test func endsOnlyTheWaitThatIsInterrupted() async throws {
        let (deadline, handOver) = (Interruption(), Interruption())
        let tasks = [it.ask(under: deadline), it.ask(), it.ask(under: handOver)]
        await runUntilIdle()
        deadline.interrupt(.everything, cause: .deadline)
        handOver.interrupt(.waits, cause: .handedOver)
        await runUntilIdle()
        #expect(tasks[0].value == .failure(.failed(.outOfTime)))
        #expect(tasks[2].value == .failure(.interrupted))
        #expect(it.fetcher.isFetching)
        await it.fetcher.succeed("one")
        #expect(tasks[1].value == .success("one"))
    }

    @Test func endsAllWaitsAndTheFetchWhenItIsClosed() async throws {
        let tasks = (0..<3).map { _ in it.ask() }
        await runUntilIdle()
        it.provider.close()
        await runUntilIdle()
        for task in tasks { #expect(task.value == .failure(.interrupted)) }
        #expect(!it.fetcher.isFetching)
        #expect(try await it.ask().outcome() == .failure(.interrupted))
        #expect(it.fetcher.fetches == 1)
        #expect(it.recorder.events == [])
    }

    @Test func renewsNothingOnceItIsClosed() async {
        await it.hold("one")
        it.provider.close()
        #expect(it.clock.pendingDelays == [])
    }

    private func failure(_ outcome: Result<String, APIError>?) -> APIFailure? {
        guard case .failure(.failed(let failure)) = outcome else { return nil }
        return failure
    }
}
