import EventLoop
import HTTP
import TestSupport
import Testing

@testable import WeChat

/// A component's own token: one for all its accounts and all processes, and what it means when it is refused.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct ComponentTokenTests {
    private let component = CredentialName.component("wxC")

    private func fixture(accounts: Int = 1) -> PlatformFixture {
        let it = PlatformFixture { configuration in
            for number in 1...accounts {
                configuration.accounts["wx\(number)"] = AccountCredentials(.authorizer(component: "wxC"))
            }
        }
        for number in 1...accounts { it.store.change(.account("wx\(number)")) { $0.refreshToken = "rt-hidden-1" } }
        return it
    }

    @Test func isFetchedOnceForAllAccounts() async throws {
        let it = fixture(accounts: 20)
        it.gate = Waiter()
        let tasks = (1...20).map { it.ask("wx\($0)") }
        await runUntilIdle()
        #expect(it.calls == ["api_component_token"])
        it.gate?.resume()
        it.gate = nil
        for task in tasks { #expect(try await task.outcome() == .success("at-hidden-1")) }
        #expect(it.count("api_component_token") == 1)
        #expect(it.count("api_authorizer_token") == 20)
    }

    @Test func isFetchedOnceForAllThatWaitForOneAccount() async throws {
        let it = fixture()
        let tasks = (1...50).map { _ in it.ask() }
        for task in tasks { #expect(try await task.outcome() == .success("at-hidden-1")) }
        #expect(it.calls == ["api_component_token", "api_authorizer_token"])
    }

    @Test func liesInTheStoreForOtherProcesses() async throws {
        let it = fixture()
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.store[component].token?.value == AccessToken("ct-hidden-1"))
        #expect(it.store[component].ticket == "ticket@@@hidden")
        let other = PlatformFixture(store: it.store)
        other.providers.start()
        await runUntilIdle()
        #expect(other.calls == [])
    }

    @Test func isRenewedTenMinutesBeforeItsEnd() async throws {
        let it = fixture()
        it.providers.start()
        await runUntilIdle()
        it.clock.advance(by: .seconds(6599))
        await runUntilIdle()
        #expect(it.count("api_component_token") == 1)
        it.clock.advance(by: .seconds(1))
        await runUntilIdle()
        #expect(it.count("api_component_token") == 2)
    }

    // MARK: Failures of two levels

    /// What a component's call is refused with is about the component's token.
    @Test(
        arguments: [40001, 40014, 42001, 42006], ["api_authorizer_token", "api_query_auth", "api_get_authorizer_list"])
    func isReplacedWhenItIsRefused(code: Int, endpoint: String) async throws {
        let it = PlatformFixture()
        it.answers["api_component_token"] = [PlatformFixture.granted, PlatformFixture.grantedAgain]
        it.answers[endpoint]?.insert(PlatformFixture.error(code), at: 0)
        if endpoint == "api_get_authorizer_list" {
            it.answers[endpoint] = [PlatformFixture.error(code), PlatformFixture.list(["wx1": "rt-listed"])]
        }
        it.store.change(.account("wx1")) {
            if endpoint == "api_authorizer_token" { $0.refreshToken = "rt-hidden-1" }
            if endpoint == "api_query_auth" { $0.authorizationCode = "code-hidden" }
        }
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.count("api_component_token") == 2)
        #expect(it.count(endpoint) == 2)
        let urls = zip(it.calls, it.requests).filter { $0.0 == endpoint }.map { $0.1.url }
        #expect(urls.map { String($0.suffix(11)) } == ["ct-hidden-1", "ct-hidden-2"])
        #expect(it.recorder.events.contains(.tokenRefused(account: "wxC", errcode: code)))
        #expect(!it.recorder.events.contains(.tokenRefused(account: "wx1", errcode: code)))
    }

    @Test func isNoFaultOfTheAccountWhenItIsRefusedTwice() async throws {
        let it = fixture()
        it.answers["api_component_token"] = [PlatformFixture.granted, PlatformFixture.grantedAgain]
        it.answers["api_authorizer_token"] = [PlatformFixture.error(40001)]
        let failure = try await it.failure()
        #expect(failure?.kind == .tokenRejected)
        #expect(failure?.disposition == .retry)
        #expect(failure?.message.hasPrefix("component wxC: ") == true)
        #expect(it.count("api_authorizer_token") == 2)
        #expect(it.store[.account("wx1")].refreshToken == "rt-hidden-1")
        #expect(!it.recorder.text.contains("hidden"))
    }

    /// Another process has replaced it: no call is needed to have another one.
    @Test func isTakenFromTheStoreWhenItIsRefused() async throws {
        let it = fixture()
        #expect(try await it.token() == "at-hidden-1")
        it.store.change(component) { $0.token = .sample("ct-hidden-9", rest: .seconds(3600), on: it.clock) }
        it.answers["api_authorizer_token"]?.insert(PlatformFixture.error(42001), at: 0)
        it.providers["wx1"]?.refused(AccessToken("at-hidden-1"), errcode: 40001)
        #expect(try await it.token() == "at-hidden-1")
        #expect(it.count("api_component_token") == 1)
        #expect(it.requests.last?.url.hasSuffix("ct-hidden-9") == true)
    }

    // MARK: Credentials

    @Test func needsATicket() async throws {
        let it = fixture()
        it.store.change(component) { $0.ticket = nil }
        let failure = try await it.failure()
        #expect(failure?.kind == .credentials)
        #expect(failure?.message.contains("component wxC: no ticket has come yet") == true)
        #expect(it.calls == [])
    }

    @Test(arguments: [40001, 40013, 40125])
    func saysThatItsSecretIsWrong(code: Int) async throws {
        let it = fixture()
        it.answers["api_component_token"] = [PlatformFixture.error(code)]
        let failure = try await it.failure()
        #expect(failure?.kind == .credentials)
        #expect(failure?.disposition == .holdAccount)
        #expect(failure?.errcode == code)
        #expect(failure?.message.hasPrefix("component wxC: refused ") == true)
        #expect(failure?.message.contains("hidden") == false)
        #expect(it.count("api_component_token") == 1)
    }

    @Test(arguments: [61005, 61006])
    func saysThatTicketsDoNotComeAnyMore(code: Int) async throws {
        let it = fixture()
        it.answers["api_component_token"] = [PlatformFixture.error(code), PlatformFixture.granted]
        let failure = try await it.failure()
        #expect(failure?.kind == .credentials)
        #expect(failure?.message.contains("event receiver no longer passes on the tickets") == true)
        #expect(failure?.message.contains("hidden") == false)
    }

    /// The next push mends it, at once and for all accounts.
    @Test(arguments: [61005, nil])
    func goesOnWithTheNextTicket(code: Int?) async throws {
        let it = fixture(accounts: 2)
        if let code {
            it.answers["api_component_token"] = [PlatformFixture.error(code), PlatformFixture.granted]
        } else {
            it.store.change(component) { $0.ticket = nil }
        }
        it.providers.start()
        await runUntilIdle()
        for account in ["wx1", "wx2"] { #expect(try await it.failure(account)?.kind == .credentials) }
        it.store.change(component) { $0.ticket = "ticket-new" }
        await runUntilIdle()
        #expect(it.providers.all.allSatisfy { $0.isUsable })
        #expect(it.body(of: "api_component_token").contains("ticket-new"))
    }
}
