import EventLoop
import HTTP
import TestSupport
import Testing

@testable import WeChat

/// The chain from a ticket to the access token of an account that has authorised a component.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct AuthorizerTokenTests {
    private let it = PlatformFixture()
    private let account = CredentialName.account("wx1")

    @Test func goesFromTheTicketToTheToken() async throws {
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.calls == ["api_component_token", "api_authorizer_token"])
        #expect(
            it.body(of: "api_component_token")
                == #"{"component_appid":"wxC","component_appsecret":"s3cret-hidden","#
                + #""component_verify_ticket":"ticket@@@hidden"}"#)
        #expect(
            it.body(of: "api_authorizer_token")
                == #"{"component_appid":"wxC","authorizer_appid":"wx1","authorizer_refresh_token":"rt-hidden-1"}"#)
        #expect(
            it.requests[1].url
                == "https://api.weixin.qq.com/cgi-bin/component/api_authorizer_token?component_access_token=ct-hidden-1"
        )
    }

    /// Lost between the answer and the store, the merchant would have to authorise again.
    @Test func storesWhatComesBackBeforeTheTokenIsUsed() async throws {
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        let context = CallContext.sample(on: it.clock)
        let client = it.client
        let task = LoopTask { await client?.applyCodeQuery(.sample, account: "wx1", context: context) }
        #expect(try await task.outcome() == .finished)
        #expect(it.calls.last == "applycodequery")
        let record = try #require(it.recordsAtCalls.last)
        #expect(record.refreshToken == "rt-hidden-2")
        #expect(record.token?.value == AccessToken("at-hidden-1"))
        #expect(record.token?.expiresAt == it.clock.wallTime + .seconds(7200))
        #expect(record.component == "wxC")
        #expect(it.store.changes == [.component("wxC"), account])
    }

    @Test(arguments: [
        #"{"authorizer_access_token":"at-hidden-1","expires_in":7200}"#,
        #"{"authorizer_access_token":"at-hidden-1","expires_in":7200,"authorizer_refresh_token":""}"#,
    ])
    func keepsTheRefreshTokenWhereNoneComesBack(answer: String) async throws {
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        it.answers["api_authorizer_token"] = [answer]
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.store[account].refreshToken == "rt-hidden-1")
    }

    @Test func usesAStoredTokenThatIsGoodForAWhile() async throws {
        it.store.change(account) { $0.token = .sample("stored", rest: .seconds(301), on: it.clock) }
        #expect(try await it.token() == "stored")
        #expect(it.calls == [])
    }

    @Test func renewsAStoredTokenThatEndsSoon() async throws {
        it.store.change(account) {
            $0.token = .sample("stored", rest: .seconds(300), on: it.clock)
            $0.refreshToken = "rt-hidden-1"
        }
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.store[account].token?.generation == 2)
    }

    @Test func takesTheStoredTokenInPlaceOfTheOneThatWasRefused() async throws {
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        #expect(try await it.token() == "at-hidden-1")
        let other = StoredToken.sample("another instance's", rest: .seconds(100), on: it.clock)
        it.store.onChange = nil
        it.store.change(account) { $0.token = other }
        it.providers["wx1"]?.refused(AccessToken("at-hidden-1"), errcode: 40001)
        #expect(try await it.token() == "another instance's")
        #expect(it.count("api_authorizer_token") == 1)
    }

    /// What WeChat would hand out, nobody could keep.
    @Test func doesNotRefreshOnceAnotherInstanceDoes() async throws {
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        let gate = Waiter()
        it.gate = gate
        let asked = it.ask()
        await runUntilIdle()
        it.store.isChangedElsewhere = true
        it.gate = nil
        gate.resume()
        #expect(try await asked.outcome() != .success("at-hidden-1"))
        #expect(it.calls == ["api_component_token"])
        #expect(it.store[account].refreshToken == "rt-hidden-1")
    }

    // MARK: Authorisation codes

    @Test func exchangesACodeOnce() async throws {
        it.store.change(account) { $0.authorizationCode = "code-hidden" }
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.calls == ["api_component_token", "api_query_auth"])
        #expect(it.body(of: "api_query_auth") == #"{"component_appid":"wxC","authorization_code":"code-hidden"}"#)
        #expect(it.store[account].authorizationCode == nil)
        #expect(it.store[account].refreshToken == "rt-hidden-2")
    }

    @Test(arguments: [61009, 61010])
    func goesOnWithTheRefreshTokenWhereACodeIsRefused(code: Int) async throws {
        it.answers["api_query_auth"] = [PlatformFixture.error(code)]
        it.store.change(account) {
            $0.authorizationCode = "code-hidden"
            $0.refreshToken = "rt-hidden-1"
        }
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.calls == ["api_component_token", "api_query_auth", "api_authorizer_token"])
        #expect(it.store[account].authorizationCode == nil)
    }

    @Test(arguments: [61009, 61010])
    func asksForAuthorisationWhereACodeIsRefusedAndNothingElseIsThere(code: Int) async throws {
        it.answers["api_query_auth"] = [PlatformFixture.error(code)]
        it.store.change(account) { $0.authorizationCode = "code-hidden" }
        let failure = try await it.failure()
        #expect(failure?.kind == .reauthorize)
        #expect(failure?.errcode == code)
        #expect(failure?.message.contains("the merchant must authorise the platform again") == true)
        #expect(it.calls == ["api_component_token", "api_query_auth", "api_get_authorizer_list"])
        #expect(it.store[account].authorizationCode == nil)
        expectNoSecrets()
    }

    /// The time limit cut the exchange off: nobody knows whether the code has been used up.
    @Test func keepsACodeWhoseExchangeFailed() async throws {
        it.answers["api_query_auth"] = [StubText.systemBusy]
        it.store.change(account) { $0.authorizationCode = "code-hidden" }
        #expect(try await it.failure()?.kind == .busy)
        #expect(it.store[account].authorizationCode == "code-hidden")
    }

    @Test func takesNoTokenOfAnotherAccountsCode() async throws {
        it.answers["api_query_auth"] = [PlatformFixture.exchanged.replacing("wx1", with: "wx2")]
        it.store.change(account) { $0.authorizationCode = "code-hidden" }
        #expect(try await it.failure()?.kind == .protocolError)
        #expect(it.store[account].token == nil)
    }

    // MARK: 61023

    /// Between the read and the refusal another process has refreshed.
    @Test func readsTheRecordAgainWhenItsRefreshTokenIsRefused() async throws {
        it.answers["api_authorizer_token"] = [PlatformFixture.error(61023), PlatformFixture.authorized]
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        it.store.change(.component("wxC")) { $0.token = .sample("ct", rest: .seconds(7200), on: it.clock) }
        it.gate = Waiter()
        let task = it.ask()
        await runUntilIdle()
        #expect(it.calls == ["api_authorizer_token"])
        it.store.change(account) { $0.refreshToken = "rt-newer" }
        it.gate?.resume()
        it.gate = nil
        #expect(try await task.outcome() == .success("at-hidden-1"))
        #expect(it.body(of: "api_authorizer_token").contains("rt-newer"))
        #expect(it.count("api_get_authorizer_list") == 0)
    }

    @Test(arguments: [true, false])
    func takesTheRefreshTokenOfWeChatsList(hasRefusedOne: Bool) async throws {
        let answers = [PlatformFixture.error(61023), PlatformFixture.authorized]
        it.answers["api_authorizer_token"] = hasRefusedOne ? answers : [PlatformFixture.authorized]
        it.answers["api_get_authorizer_list"] = [
            PlatformFixture.list(["wx8": "rt-8", "wx9": "rt-9"], total: 501),
            PlatformFixture.list(["WX1": "rt-listed"], total: 501),
        ]
        if hasRefusedOne { it.store.change(account) { $0.refreshToken = "rt-hidden-1" } }
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.body(of: "api_get_authorizer_list") == #"{"component_appid":"wxC","offset":500,"count":500}"#)
        #expect(it.body(of: "api_authorizer_token").contains("rt-listed"))
        // Stored before it is used.
        #expect(it.recordsAtCalls.last?.refreshToken == "rt-listed")
    }

    @Test(arguments: [
        PlatformFixture.nobody, PlatformFixture.list(["wx1": "rt-hidden-1"]), PlatformFixture.list(["wx1": ""]),
    ])
    func asksForAuthorisationWhereTheListKnowsNothingNew(list: String) async throws {
        it.answers["api_authorizer_token"] = [PlatformFixture.error(61023)]
        it.answers["api_get_authorizer_list"] = [list]
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        let failure = try await it.failure()
        #expect(failure?.kind == .reauthorize)
        #expect(failure?.errcode == 61023)
        #expect(it.calls == ["api_component_token", "api_authorizer_token", "api_get_authorizer_list"])
        expectNoSecrets()
        // The list is long: it is not read at each further try.
        it.clock.advance(by: .seconds(60))
        #expect(try await it.failure()?.kind == .reauthorize)
        #expect(it.count("api_authorizer_token") > 1)
        #expect(it.count("api_get_authorizer_list") == 1)
    }

    @Test func asksForAuthorisationWhereTheListsRefreshTokenIsRefusedToo() async throws {
        it.answers["api_authorizer_token"] = [PlatformFixture.error(61023)]
        it.answers["api_get_authorizer_list"] = [PlatformFixture.list(["wx1": "rt-listed"])]
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        #expect(try await it.failure()?.kind == .reauthorize)
        #expect(it.count("api_authorizer_token") == 2)
        #expect(it.count("api_get_authorizer_list") == 1)
    }

    @Test func makesNoCallForAnAccountThatHasWithdrawnItsAuthorisation() async throws {
        it.store.change(account) {
            $0.isUnauthorized = true
            $0.refreshToken = "rt-hidden-1"
        }
        #expect(try await it.failure()?.kind == .reauthorize)
        #expect(it.calls == [])
    }

    @Test func makesNoCallForAnAccountOfAnotherComponent() async throws {
        it.store.change(account) {
            $0.component = "wxOther"
            $0.refreshToken = "rt-hidden-1"
        }
        let failure = try await it.failure()
        #expect(failure?.kind == .credentials)
        #expect(failure?.message.contains("wxOther") == true)
        #expect(it.calls == [])
    }

    @Test(arguments: [
        (CredentialStoreError.busy("held"), APIFailure.Kind.busy), (.failed("no space"), .credentials),
        (.damaged("wx1.json is no JSON"), .credentials),
    ])
    func saysWhatIsWrongWithTheStore(error: CredentialStoreError, kind: APIFailure.Kind) async throws {
        it.store.failure = error
        let failure = try await it.failure()
        #expect(failure?.kind == kind)
        #expect(failure?.message.contains(error.description) == true)
    }

    // MARK: Before an end

    /// WeChat has replaced the refresh token by then.
    @Test func keepsWhatAnAnswerBringsThatComesAtTheLastMoment() async throws {
        it.store.change(.component("wxC")) { $0.token = .sample("ct", rest: .seconds(7200), on: it.clock) }
        let (task, settled) = await askAndSettle()
        it.clock.advance(by: .milliseconds(9_990))
        await runUntilIdle()
        #expect(settled.value == nil)
        it.gate?.resume()
        try await settled.outcome()
        #expect(it.store[account].refreshToken == "rt-hidden-2")
        #expect(try await task.outcome() == .success("at-hidden-1"))
    }

    @Test func callsNobodyAnyMore() async throws {
        let (task, settled) = await askAndSettle()
        it.gate?.resume()
        try await settled.outcome()
        #expect(it.store[.component("wxC")].token?.value == AccessToken("ct-hidden-1"))
        #expect(it.calls == ["api_component_token"])
        it.client.close()
        #expect(try await task.outcome() == .failure(.interrupted))
    }

    /// The end begins while WeChat is asked.
    private func askAndSettle() async -> (LoopTask<Result<String, APIError>>, LoopTask<Void>) {
        it.store.change(account) { $0.refreshToken = "rt-hidden-1" }
        it.gate = Waiter()
        let task = it.ask()
        await runUntilIdle()
        let settled = LoopTask { await it.client.settle() }
        await runUntilIdle()
        return (task, settled)
    }

    private func expectNoSecrets() {
        #expect(!it.recorder.text.contains("hidden"), "\(it.recorder.text)")
    }
}
