import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import WeChat

/// When tokens are fetched without being asked for, and what changes in the store bring about.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct TokenProvidersTests {
    private let account = CredentialName.account("wx1")

    private func two() -> PlatformFixture {
        let it = PlatformFixture { $0.accounts["wx2"] = AccountCredentials(.authorizer(component: "wxC")) }
        for name in ["wx1", "wx2"] { it.store.change(.account(name)) { $0.refreshToken = "rt-hidden-1" } }
        return it
    }

    @Test func fetchNoTokensOfAuthorisedAccountsAhead() async throws {
        let it = two()
        it.providers.start()
        await runUntilIdle()
        #expect(it.calls == ["api_component_token"])
        #expect(it.store.openings == 1)
    }

    @Test func fetchTheTokenOfTheOnlyAccountAhead() async throws {
        let it = PlatformFixture()
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        it.providers.start()
        await runUntilIdle()
        #expect(it.calls == ["api_component_token", "api_authorizer_token"])
        // And keep it, though no job comes.
        it.clock.advance(by: .seconds(7080))
        await runUntilIdle()
        #expect(it.count("api_authorizer_token") == 2)
    }

    @Test func fetchEveryTokenForACheck() async throws {
        let it = two()
        it.providers.start(all: true)
        await runUntilIdle()
        #expect(it.count("api_authorizer_token") == 2)
    }

    @Test func renewAheadOnlyWhatWasUsedWithinTheHour() async throws {
        let it = two()
        for account in ["wx1", "wx2"] { #expect(try await it.token(account) == "at-hidden-1") }
        it.clock.advance(by: .seconds(3600))
        #expect(try await it.token("wx2") == "at-hidden-1")
        it.clock.advance(by: .seconds(3480))
        await runUntilIdle()
        #expect(it.count("api_authorizer_token") == 3)
        #expect(it.body(of: "api_authorizer_token").contains(#""authorizer_appid":"wx2""#))
        it.clock.advance(by: .seconds(120))
        #expect(it.providers["wx1"]?.isUsable == false)
        #expect(try await it.token("wx1") == "at-hidden-1")
        #expect(it.count("api_authorizer_token") == 4)
    }

    // MARK: Changes in the store

    @Test func takeOverATokenThatAnotherInstanceRenewed() async throws {
        let it = two()
        it.providers.start()
        #expect(try await it.token() == "at-hidden-1")
        it.store.change(account) { $0.token = .sample("another's", rest: .seconds(7200), on: it.clock) }
        await runUntilIdle()
        #expect(try await it.token() == "another's")
        #expect(it.count("api_authorizer_token") == 1)
    }

    @Test func dropTheTokenOfAnAccountThatWithdraws() async throws {
        let it = two()
        it.providers.start()
        #expect(try await it.token() == "at-hidden-1")
        it.store.change(account) { $0.isUnauthorized = true }
        await runUntilIdle()
        #expect(it.providers["wx1"]?.isUsable == false)
        #expect(try await it.failure()?.kind == .reauthorize)
        // And use it again once it has come back.
        it.answers["api_query_auth"] = [PlatformFixture.exchanged.replacing("at-hidden-1", with: "at-new")]
        it.store.change(account) {
            $0 = CredentialRecord()
            $0.component = "wxC"
            $0.authorizationCode = "code-hidden"
        }
        await runUntilIdle()
        #expect(try await it.token() == "at-new")
    }

    @Test func tryAtOnceWhatHadFailedForItsAuthorisation() async throws {
        let it = two()
        it.answers["api_authorizer_token"] = [PlatformFixture.error(61023), PlatformFixture.authorized]
        it.providers.start()
        #expect(try await it.failure()?.kind == .reauthorize)
        it.store.change(account) { $0.refreshToken = "rt-new" }
        await runUntilIdle()
        #expect(it.providers["wx1"]?.isUsable == true)
        #expect(it.body(of: "api_authorizer_token").contains("rt-new"))
    }

    @Test func exchangeCodesThatCameWhileNoInstanceRan() async throws {
        let it = two()
        it.store.change(account) { $0.authorizationCode = "code-hidden" }
        it.providers.start()
        await runUntilIdle()
        #expect(it.count("api_query_auth") == 1)
        #expect(it.store[account].authorizationCode == nil)
    }

    @Test func leaveAccountsAloneThatDoNotShareTheirTokens() async throws {
        let it = PlatformFixture { $0.accounts["wx1"] = AccountCredentials { "s3cret" } }
        it.answers["stable_token"] = [#"{"access_token":"stable","expires_in":7200}"#]
        it.providers.start()
        #expect(try await it.token() == "stable")
        it.store.change(account) { $0.isUnauthorized = true }
        await runUntilIdle()
        #expect(try await it.token() == "stable")
    }

    // MARK: Secrets

    @Test func tryAtOnceWithACorrectedSecretOfAComponent() async throws {
        let secret = SecretText("wrong")
        let it = PlatformFixture(secret: secret)
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        it.answers["api_component_token"] = [PlatformFixture.error(40125), PlatformFixture.granted]
        it.providers.start()
        await runUntilIdle()
        it.clock.advance(by: .seconds(5))
        await runUntilIdle()
        #expect(it.count("api_component_token") == 1)
        secret.value.withLock { $0 = "right" }
        it.clock.advance(by: .seconds(1))
        await runUntilIdle()
        #expect(it.body(of: "api_component_token").contains("right"))
        #expect(it.providers["wx1"]?.isUsable == true)
    }
}
