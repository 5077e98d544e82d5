import EventLoop
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct TokenMiddlewareTests {
    private let it = TokenProviderFixture()

    @Test func givesTheCallTheCurrentToken() async throws {
        defer { it.provider.close() }
        await it.hold("one")
        let next = ScriptedHandler(.finished)
        #expect(try await handle(call(), next).outcome() == .finished)
        #expect(next.arrivals == [.init(token: AccessToken("one"))])
    }

    @Test func repeatsARefusedCallOnceWithAnotherToken() async throws {
        defer { it.provider.close() }
        await it.hold("one")
        let next = ScriptedHandler(.failed(.tokenRefused), .finished)
        let outcome = handle(call(), next)
        await it.fetcher.succeed("two")
        #expect(outcome.value == .finished)
        #expect(
            next.arrivals == [.init(token: AccessToken("one")), .init(token: AccessToken("two"), isRepetition: true)])
    }

    @Test func repeatsNothingWithTheSameToken() async throws {
        defer { it.provider.close() }
        await it.hold("one")
        let next = ScriptedHandler(.failed(.tokenRefused))
        let outcome = handle(call(), next)
        await it.fetcher.succeed("one")
        #expect(outcome.value == .failed(.sample(.tokenRejected, errcode: 40001, .retry)))
        #expect(next.arrivals.count == 1)
    }

    /// WeChat hands the same token out again, and it is too soon to ask for another, so it stays the current one.
    @Test func repeatsNothingWhenNoOtherTokenMayBeFetchedYet() async throws {
        defer { it.provider.close() }
        await it.hold("one")
        it.provider.refused(AccessToken("one"), errcode: 40001)
        await it.fetcher.succeed("one")
        let next = ScriptedHandler(.failed(.tokenRefused))
        #expect(try await handle(call(), next).outcome() == .failed(.sample(.tokenRejected, errcode: 40001, .retry)))
        #expect(it.fetcher.fetches == 2)
    }

    @Test func leavesASecondRefusalToTheRetry() async throws {
        defer { it.provider.close() }
        await it.hold("one")
        let next = ScriptedHandler(.failed(.tokenRefused))
        let outcome = handle(call(), next)
        await it.fetcher.succeed("two")
        #expect(outcome.value == .failed(.sample(.tokenRejected, errcode: 40001, .retry)))
        #expect(next.arrivals.count == 2)
    }

    @Test func startsTheNextTryAsACallOfItsOwn() async throws {
        defer { it.provider.close() }
        await it.hold("one")
        let next = ScriptedHandler(.failed(.tokenRefused), .failed(.sample()), .finished)
        let call = call()
        let first = handle(call, next)
        await it.fetcher.succeed("two")
        #expect(first.value == .failed(.sample()))
        #expect(try await handle(call, next).outcome() == .finished)
        #expect(next.arrivals.map(\.isRepetition) == [false, true, false])
    }

    @Test(arguments: [
        APIError.failed(.sample(.busy)), .failed(.sample(.notFound, errcode: 80300, .giveUp)), .interrupted,
    ])
    func passesOnWhatIsNoFaultOfTheToken(error: APIError) async throws {
        defer { it.provider.close() }
        await it.hold("one")
        let next = ScriptedHandler(.failure(error))
        #expect(try await handle(call(), next).outcome() == .failure(error))
        #expect(next.arrivals.count == 1)
        #expect(it.provider.isUsable)
    }

    @Test func makesNoCallWithoutAToken() async throws {
        defer { it.provider.close() }
        let next = ScriptedHandler(.finished)
        let outcome = handle(call(), next)
        await it.fetcher.fail(.sample(.credentials, errcode: 40125, .holdAccount))
        guard case .failure(.failed(let failure)) = outcome.value else {
            Issue.record("the call did not fail: \(String(describing: outcome.value))")
            return
        }
        #expect(failure.kind == .credentials)
        #expect(failure.retryAfter == .seconds(30))
        #expect(next.arrivals.isEmpty)
    }

    @Test func endsTheWaitForATokenWhenTheJobIsInterrupted() async throws {
        defer { it.provider.close() }
        let next = ScriptedHandler(.finished)
        let interruption = Interruption()
        let outcome = handle(call(under: interruption), next)
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .handedOver)
        #expect(try await outcome.outcome() == .failure(.interrupted))
        #expect(next.arrivals.isEmpty)
    }

    private func call(under interruption: Interruption = Interruption()) -> APICall {
        APICall(
            .applyCodeQuery(.sample), account: .sample(tokens: it.provider, on: it.clock),
            context: .sample(on: it.clock, interruption: interruption))
    }

    private func handle(_ call: APICall, _ next: ScriptedHandler) -> LoopTask<Result<APIAnswer, APIError>> {
        LoopTask { await TokenMiddleware(next: next).outcome(of: call) }
    }
}
