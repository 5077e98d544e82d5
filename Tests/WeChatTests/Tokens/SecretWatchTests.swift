import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import WeChat

/// A wrong secret is put right without a restart, and without waiting for the back-off.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct SecretWatchTests {
    private let it = TokenProviderFixture()
    private let text = Secret()

    private final class Secret: Sendable {
        let value = Mutex<String?>("wrong")
        let reads = Mutex(0)
    }

    private struct Missing: Error {}

    private func watch() {
        let text = text
        it.fetcher.secret = WatchedSecret("the secret of account wx1", limit: .seconds(10), clock: it.clock) {
            text.reads.withLock { $0 += 1 }
            guard let value = text.value.withLock({ $0 }) else { throw Missing() }
            return value
        }
    }

    private func fail(_ kind: APIFailure.Kind = .credentials) async {
        watch()
        _ = try? await it.fetcher.secret?.read(under: Interruption())
        it.provider.start()
        await it.fetcher.fail(.sample(kind, errcode: 40125, .holdAccount))
    }

    @Test func triesWithinASecondOfTheCorrection() async {
        await fail()
        it.clock.advance(by: .seconds(10))
        await runUntilIdle()
        #expect(it.fetcher.fetches == 1)
        text.value.withLock { $0 = "right" }
        it.clock.advance(by: .seconds(1))
        await runUntilIdle()
        #expect(it.fetcher.fetches == 2)
        await it.fetcher.succeed("one")
        #expect(it.clock.pendingDelays.count == 1)
    }

    @Test func triesWhenAMissingSecretAppears() async {
        text.value.withLock { $0 = nil }
        await fail()
        it.clock.advance(by: .seconds(3))
        text.value.withLock { $0 = "right" }
        it.clock.advance(by: .seconds(1))
        await runUntilIdle()
        #expect(it.fetcher.fetches == 2)
    }

    @Test func backsOffAsEverWhileItIsTheSame() async {
        await fail()
        it.clock.advance(by: .milliseconds(29_999))
        await runUntilIdle()
        #expect(it.fetcher.fetches == 1)
        it.clock.advance(by: .milliseconds(1))
        await runUntilIdle()
        #expect(it.fetcher.fetches == 2)
    }

    /// Half of it may be there while it is being written.
    @Test func isNotMovedByASecretThatCannotBeRead() async {
        await fail()
        text.value.withLock { $0 = nil }
        it.clock.advance(by: .seconds(5))
        await runUntilIdle()
        #expect(it.fetcher.fetches == 1)
    }

    @Test func looksOnlyWhereCredentialsAreTheTrouble() async {
        await fail(.quotaExhausted)
        let reads = text.reads.withLock { $0 }
        it.clock.advance(by: .seconds(20))
        await runUntilIdle()
        #expect(text.reads.withLock { $0 } == reads)
    }

    /// The ticket comes while a fetch that has not seen it is about to fail.
    @Test func fetchesOnceMoreWhatMayHaveMissedAChange() async {
        it.provider.start()
        await runUntilIdle()
        it.provider.sourceChanged()
        await it.fetcher.fail(.sample(.credentials, .holdAccount))
        #expect(it.fetcher.fetches == 2)
        await it.fetcher.fail(.sample(.credentials, .holdAccount))
        #expect(it.fetcher.fetches == 2)
    }

    @Test func looksNoMoreOnceItIsClosed() async {
        await fail()
        it.provider.close()
        #expect(it.clock.pendingDelays == [])
    }

    @Test func printsNothingOfTheSecret() async throws {
        let secret = WatchedSecret("the secret", limit: .seconds(10), clock: it.clock) { "s3cret-hidden" }
        _ = try await secret.read(under: Interruption())
        var dumped = "\(secret)"
        dump(secret, to: &dumped)
        #expect(!dumped.contains("hidden"))
    }
}
