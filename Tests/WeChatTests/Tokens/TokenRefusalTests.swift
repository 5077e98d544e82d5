import EventLoop
import TestSupport
import Testing

@testable import WeChat

/// `TokenProvider` when WeChat refuses tokens, and what it tells about itself.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct TokenRefusalTests {
    private let it = TokenProviderFixture()

    @Test func fetchesAnotherTokenForTheOneThatWasRefused() async throws {
        await it.hold("one")
        it.provider.refused(AccessToken("one"), errcode: 40001)
        let tasks = (0..<10).map { _ in it.ask() }
        await it.fetcher.succeed("two")
        for task in tasks { #expect(task.value == .success("two")) }
        #expect(it.fetcher.fetches == 2)
    }

    /// The job whose call was refused may be its last: without a fetch of its own the account would stay unusable, and
    /// a worker that waits for a usable account would wait for ever.
    @Test func fetchesAnotherTokenThoughNobodyAsks() async {
        await it.hold("one")
        it.provider.refused(AccessToken("one"), errcode: 40001)
        #expect(!it.provider.isUsable)
        await it.fetcher.succeed("two")
        #expect(it.provider.isUsable)
    }

    /// A hundred calls with the first token are refused, one after the other, while and after the second is fetched.
    @Test func isNotMovedByTheLateRefusalOfAnOldToken() async throws {
        await it.hold("one")
        for _ in 0..<50 { it.provider.refused(AccessToken("one"), errcode: 40001) }
        await it.fetcher.succeed("two")
        for _ in 0..<50 { it.provider.refused(AccessToken("one"), errcode: 40001) }
        #expect(try await it.ask().outcome() == .success("two"))
        #expect(it.fetcher.fetches == 2)
    }

    @Test func waitsForTheFetchUnderWayWhenTheTokenInUseIsRefused() async throws {
        await it.hold("one")
        it.clock.advance(by: .seconds(7080))
        await runUntilIdle()
        it.provider.refused(AccessToken("one"), errcode: 42001)
        let task = it.ask()
        await runUntilIdle()
        #expect(task.value == nil)
        await it.fetcher.succeed("two")
        #expect(task.value == .success("two"))
        #expect(it.fetcher.fetches == 2)
    }

    /// WeChat refuses everything for a minute, and hands out the same token each time.
    @Test func asksForTheSameTokenEverLessOften() async throws {
        await it.hold("one")
        for _ in 0..<600 {
            it.clock.advance(by: .milliseconds(100))
            it.provider.refused(AccessToken("one"), errcode: 40001)
            if !it.provider.isUsable { await it.fetcher.succeed("one") }
        }
        #expect(it.fetcher.fetches == 1 + 6)
    }

    @Test func tellsWhatItDid() async throws {
        let failure = APIFailure.sample(.transport)
        await it.hold("one")
        it.provider.refused(AccessToken("one"), errcode: 40001)
        await it.fetcher.fail(failure)
        _ = try await it.clock.passNextDelay()
        await it.fetcher.succeed("one", lifetime: .seconds(300))
        #expect(
            it.recorder.events == [
                .tokenFetched(account: "wx1", lifetime: .seconds(7200), isSame: false),
                .tokenRefused(account: "wx1", errcode: 40001),
                .tokenCallFailed(account: "wx1", failure: failure, nextTry: .milliseconds(500)),
                .tokenFetched(account: "wx1", lifetime: .seconds(300), isSame: true),
            ])
    }

    @Test func showsWhereItStands() async throws {
        let failure = APIFailure.sample(.transport)
        var status = TokenStatus(account: "wx1", state: .none, isUsable: false)
        #expect(it.provider.status == status)
        it.provider.start()
        status.state = .refreshing
        #expect(it.provider.status == status)
        await it.fetcher.fail(failure)
        status.state = .failed
        status.failure = failure
        status.nextTry = it.clock.wallTime + .milliseconds(500)
        #expect(it.provider.status == status)
        _ = try await it.clock.passNextDelay()
        await it.fetcher.succeed("one", lifetime: .seconds(600))
        #expect(
            it.provider.status
                == TokenStatus(
                    account: "wx1", state: .valid, isUsable: true, expiresAt: it.clock.wallTime + .seconds(600)))
    }
}
