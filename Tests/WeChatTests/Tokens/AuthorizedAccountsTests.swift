import EventLoop
import TestSupport
import Testing

@testable import WeChat

/// Accounts that are not configured, of a component that takes any.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct AuthorizedAccountsTests {
    private let it = PlatformFixture {
        $0.components["wxC"]?.acceptsAnyAccount = true
    }

    @Test func areFoundInTheStoreWhateverTheirCase() async throws {
        it.store.change(.account("wxAB")) {
            $0.component = "WXC"
            $0.refreshToken = "rt-hidden-1"
        }
        for spelling in ["wxab", "WXAB", "wxAB"] { #expect(try await it.token(spelling) == "at-hidden-1") }
        #expect(it.calls == ["api_component_token", "api_authorizer_token"])
        #expect(it.body(of: "api_authorizer_token").contains(#""authorizer_appid":"wxAB""#))
        #expect(it.providers.all.map(\.appID).sorted() == ["wx1", "wxAB"])
    }

    @Test func areTakenFromWeChatsListWhichIsReadAtMostOnceAMinute() async throws {
        it.answers["api_get_authorizer_list"] = [
            PlatformFixture.list(["wx2": "rt-2", "wx3": "", "../x": "rt"], total: 501),
            PlatformFixture.list(["wx4": "rt-4"], total: 501),
            PlatformFixture.list(["wx2": "rt-2", "wx4": "rt-4", "wx5": "rt-5"]),
        ]
        #expect(try await it.failure("wx5")?.kind == .unknownAccount)
        #expect(it.count("api_get_authorizer_list") == 2)
        #expect(try await it.token("WX4") == "at-hidden-1")
        #expect(it.count("api_get_authorizer_list") == 2)
        #expect(it.store[.account("wx4")].component == "wxC")
        #expect(try await it.failure("wx3")?.kind == .unknownAccount)
        #expect(it.store.names == [.component("wxC"), .account("wx4")])
        it.clock.advance(by: .seconds(59))
        for _ in 0..<20 { #expect(try await it.failure("wx5")?.kind == .unknownAccount) }
        #expect(it.count("api_get_authorizer_list") == 2)
        it.clock.advance(by: .milliseconds(1001))
        #expect(try await it.token("wx5") == "at-hidden-1")
        #expect(it.count("api_get_authorizer_list") == 3)
    }

    @Test func areLookedForOnceForAllThatWait() async throws {
        it.store.change(.component("wxC")) { $0.token = .sample("ct", rest: .seconds(7200), on: it.clock) }
        it.answers["api_get_authorizer_list"] = [PlatformFixture.list(["wx2": "rt-2"])]
        it.gate = Waiter()
        let known = (0..<10).map { _ in it.ask("wx2") }
        let unknown = (0..<10).map { it.ask("nobody\($0)") }
        await runUntilIdle()
        #expect(it.calls == ["api_get_authorizer_list"])
        it.gate?.resume()
        it.gate = nil
        for task in known { #expect(try await task.outcome() == .success("at-hidden-1")) }
        for task in unknown {
            guard case .failure(.failed(let failure)) = try await task.outcome() else {
                Issue.record("\(String(describing: task.value))")
                continue
            }
            #expect(failure.kind == .unknownAccount)
            #expect(!failure.retryable)
        }
        #expect(it.count("api_get_authorizer_list") == 1)
        // Whatever appids jobs name.
        #expect(it.providers.all.count == 2)
    }

    // MARK: While the list can't be read, nobody can say that an account is unknown

    @Test func areWaitedForWhileWeChatIsBusy() async throws {
        it.answers["api_get_authorizer_list"] = [
            StubText.systemBusy, StubText.systemBusy, PlatformFixture.list(["wx2": "rt-2"]),
        ]
        let task = it.ask("wx2")
        await runUntilIdle()
        #expect(task.value == nil)
        #expect(it.providers.authorized.isUncertain)
        #expect(it.recorder.events.count { if case .authorizersNotRead = $0 { true } else { false } } == 1)
        #expect(try await it.clock.passNextDelay() == .milliseconds(500))
        await runUntilIdle()
        #expect(task.value == nil)
        it.clock.advance(by: .seconds(1))
        #expect(try await task.outcome() == .success("at-hidden-1"))
        #expect(it.count("api_get_authorizer_list") == 3)
        #expect(!it.providers.authorized.isUncertain)
    }

    /// The job's clock stands still.
    @Test func areWaitedForLongerThanAJobMayTake() async throws {
        it.answers["api_get_authorizer_list"] = [StubText.systemBusy]
        let task = it.ask("wx2")
        for _ in 0..<200 {
            await runUntilIdle()
            it.clock.advance(by: .seconds(1))
        }
        await runUntilIdle()
        #expect(task.value == nil)
        it.answers["api_get_authorizer_list"] = [PlatformFixture.nobody]
        it.clock.advance(by: .seconds(60))
        guard case .failure(.failed(let failure)) = try await task.outcome() else { Issue.record(); return }
        #expect(failure.kind == .unknownAccount)
    }

    /// Another instance may have to keep what the list has, and that one may not even be there.
    @Test func areKeptWhileTheJobsClockStandsStill() async throws {
        it.store.change(.component("wxC")) { $0.token = .sample("ct", rest: .seconds(7200), on: it.clock) }
        #expect(try await it.failure("wx9")?.kind == .unknownAccount)
        it.answers["api_get_authorizer_list"] = [PlatformFixture.list(["wx2": "rt-2"])]
        it.clock.advance(by: .seconds(61))
        let gate = Waiter()
        it.store.gate = gate
        let task = it.ask("wx2")
        await runUntilIdle()
        it.clock.advance(by: .seconds(200))
        await runUntilIdle()
        #expect(task.value == nil)
        it.store.gate = nil
        gate.resume()
        #expect(try await task.outcome() == .success("at-hidden-1"))
    }

    /// As all that only waits.
    @Test func areKeptThoughTheJobIsTakenAwayMeanwhile() async throws {
        it.store.change(.component("wxC")) { $0.token = .sample("ct", rest: .seconds(7200), on: it.clock) }
        #expect(try await it.failure("wx9")?.kind == .unknownAccount)
        it.answers["api_get_authorizer_list"] = [PlatformFixture.list(["wx2": "rt-2"])]
        it.clock.advance(by: .seconds(61))
        let (gate, interruption) = (Waiter(), Interruption())
        it.store.gate = gate
        let task = it.ask("wx2", under: interruption)
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .handedOver)
        #expect(try await task.outcome() == .failure(.interrupted))
        gate.resume()
        await runUntilIdle()
        #expect(it.store[.account("wx2")].refreshToken == "rt-2")
    }

    @Test func areLookedForOnNoTimeOfTheJobsWhileAnotherInstanceFetchesTheComponentsToken() async throws {
        let gate = Waiter()
        it.store.gate = gate
        it.store.isChangedElsewhere = true
        it.answers["api_get_authorizer_list"] = [PlatformFixture.list(["wx2": "rt-2"])]
        let task = it.ask("wx2")
        await runUntilIdle()
        it.clock.advance(by: .seconds(200))
        await runUntilIdle()
        it.store.isChangedElsewhere = false
        it.store.gate = nil
        gate.resume()
        #expect(try await task.outcome() == .success("at-hidden-1"))
    }

    /// A ticket, or a secret, that is missing: with `account.hold=answer` jobs are told so.
    @Test func areAnsweredForAFaultOfThePlatformWhereJobsDoNotWait() async throws {
        let it = PlatformFixture {
            $0.components["wxC"]?.acceptsAnyAccount = true
            $0.hold = .answer
        }
        it.store.change(.component("wxC")) { $0.ticket = nil }
        it.providers.start()
        let failure = try await it.failure("wx2")
        #expect(failure?.kind == .credentials)
        #expect(failure?.retryable == true)
        #expect(failure?.retryAt != nil || failure?.retryAfter != nil)
        it.store.change(.component("wxC")) { $0.ticket = "ticket@@@hidden" }
        it.answers["api_get_authorizer_list"] = [PlatformFixture.list(["wx2": "rt-2"])]
        await runUntilIdle()
        #expect(try await it.token("wx2") == "at-hidden-1")
    }

    /// As soon as the component has its token, not when the back-off is over.
    @Test func areLookedForAgainWhenTheComponentHasItsToken() async throws {
        it.store.change(.component("wxC")) { $0.ticket = nil }
        it.answers["api_get_authorizer_list"] = [PlatformFixture.list(["wx2": "rt-2"])]
        it.providers.start()
        let task = it.ask("wx2")
        await runUntilIdle()
        #expect(task.value == nil)
        it.store.change(.component("wxC")) { $0.ticket = "ticket@@@hidden" }
        #expect(try await task.outcome() == .success("at-hidden-1"))
    }

    @Test func areFoundAtOneComponentWhileAnotherIsInTrouble() async throws {
        let it = PlatformFixture {
            $0.components["wxC"]?.acceptsAnyAccount = true
            $0.components["wxB"] = ComponentCredentials(acceptsAnyAccount: true) { "secret" }
        }
        it.answers["api_get_authorizer_list"] = [PlatformFixture.list(["wx2": "rt-2"])]
        #expect(try await it.token("wx2") == "at-hidden-1")
        // Without a ticket nobody can say what `wxB` has.
        let task = it.ask("wx9")
        await runUntilIdle()
        #expect(task.value == nil)
        it.clock.advance(by: .seconds(3600))
        await runUntilIdle()
        #expect(task.value == nil)
    }

    @Test func areUnknownWhereTheyAreAnotherComponents() async throws {
        it.store.change(.account("wx2")) {
            $0.component = "wxOther"
            $0.refreshToken = "rt-2"
        }
        #expect(try await it.failure("wx2")?.kind == .unknownAccount)
    }

    @Test func areUnknownWhereNoComponentTakesAny() async throws {
        let it = PlatformFixture()
        it.store.change(.account("wx2")) {
            $0.component = "wxC"
            $0.refreshToken = "rt-2"
        }
        #expect(try await it.failure("wx2")?.kind == .unknownAccount)
        #expect(it.calls == [])
    }

    @Test func mustAuthoriseAgainWhenTheyHaveWithdrawn() async throws {
        it.store.change(.account("wx2")) {
            $0.component = "wxC"
            $0.isUnauthorized = true
        }
        #expect(try await it.failure("wx2")?.kind == .reauthorize)
    }

    @Test func areDroppedWhenTheyHaveNotBeenUsedForHours() async throws {
        for number in 2...4 {
            it.store.change(.account("wx\(number)")) {
                $0.component = "wxC"
                $0.refreshToken = "rt"
            }
        }
        #expect(try await it.token("wx2") == "at-hidden-1")
        #expect(try await it.token("wx3") == "at-hidden-1")
        it.clock.advance(by: .seconds(2 * 3600))
        #expect(try await it.token("wx3") == "at-hidden-1")
        it.clock.advance(by: .seconds(2 * 3600))
        #expect(try await it.token("wx4") == "at-hidden-1")
        #expect(it.providers.all.map(\.appID).sorted() == ["wx1", "wx3", "wx4"])
    }

    @Test func haveTheirCodeExchangedAsSoonAsItComes() async throws {
        it.answers["api_query_auth"] = [PlatformFixture.exchanged.replacing("wx1", with: "wx2")]
        it.providers.start()
        await runUntilIdle()
        it.store.change(.account("wx2")) {
            $0.component = "wxC"
            $0.authorizationCode = "code-hidden"
        }
        await runUntilIdle()
        #expect(it.store[.account("wx2")].refreshToken == "rt-hidden-2")
    }
}
