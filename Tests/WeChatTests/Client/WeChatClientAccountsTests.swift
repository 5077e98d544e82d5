import EventLoop
import HTTP
import Synchronization
import TestSupport
import Testing

@testable import WeChat

/// The assembled client's bounds, and what its accounts have to do with each other. HTTP is scripted.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct WeChatClientAccountsTests {
    private let clock = ManualClock()
    private let recorder = EventRecorder()

    @Test func holdsItsCallsWithinTheLimit() async throws {
        let calls = HeldCalls()
        let client = client(concurrency: 3) { request throws(HTTPClientFailure) in
            if request.url.contains("stable_token") { return Self.grant }
            return await calls.hold()
        }
        let tasks = (0..<12).map { _ in start(client) }
        for round in 0..<12 {
            await runUntilIdle()
            #expect(calls.pending.count == min(3, 12 - round))
            try calls.end(with: StubText.finished)
        }
        for task in tasks { #expect(try await task.outcome() == .finished) }
    }

    /// A retry's delay takes up no place: with one place, the second job calls while the first waits.
    @Test func givesThePlaceAwayWhileAJobWaitsForItsNextTry() async throws {
        let calls = HeldCalls()
        let client = client(concurrency: 1) { request throws(HTTPClientFailure) in
            if request.url.contains("stable_token") { return Self.grant }
            return await calls.hold()
        }
        let first = start(client)
        let second = start(client)
        await runUntilIdle()
        try calls.end(with: StubText.systemBusy)
        await runUntilIdle()
        try calls.end(with: StubText.finished)
        #expect(try await second.outcome() == .finished)
        #expect(first.value == nil)
        #expect(try await clock.passNextDelay() == .milliseconds(100))
        await runUntilIdle()
        try calls.end(with: StubText.finished)
        #expect(try await first.outcome() == .finished)
    }

    @Test func keepsNoPlaceForJobsThatWaitForAToken() async throws {
        let calls = HeldCalls()
        let client = client(accounts: ["wx1", "wx2"], concurrency: 1) { request throws(HTTPClientFailure) in
            if !request.url.contains("stable_token") { return .json(StubText.finished) }
            return String(decoding: request.body, as: UTF8.self).contains("wx2") ? Self.grant : await calls.hold()
        }
        let waiting = (0..<3).map { _ in start(client) }
        await runUntilIdle()
        #expect(try await start(client, account: "wx2").outcome() == .finished)
        #expect(waiting.allSatisfy { $0.value == nil })
        try calls.end(with: #"{"access_token":"80_late","expires_in":7200}"#)
        for task in waiting { #expect(try await task.outcome() == .finished) }
    }

    /// Each try reads the token anew: between the first and the second it was refused to another job.
    @Test func makesTheNextTryWithTheTokenOfThatTime() async throws {
        var grants = 0
        var tokens: [Substring] = []
        let client = client { request throws(HTTPClientFailure) in
            if request.url.contains("stable_token") {
                grants += 1
                return .json(#"{"access_token":"\#(grants)","expires_in":7200}"#)
            }
            tokens.append(request.url.suffix(1))
            let answers = [StubText.systemBusy, StubText.invalidCredential]
            return .json(tokens.count <= answers.count ? answers[tokens.count - 1] : StubText.finished)
        }
        let first = start(client)
        await runUntilIdle()
        #expect(try await start(client).outcome() == .finished)
        _ = try await clock.passNextDelay()
        #expect(try await first.outcome() == .finished)
        #expect(tokens == ["1", "1", "2", "2"])
    }

    @Test func waitsUntilAnAccountIsUsable() async throws {
        let calls = HeldCalls()
        let client = client(accounts: ["wx1", "wx2"]) { _ throws(HTTPClientFailure) in await calls.hold() }
        let (interruption, other) = (Interruption(), Interruption())
        let waits = [interruption, other].map { interruption in
            LoopTask { await Self.interruption(of: client, under: interruption) }
        }
        client.start()
        await runUntilIdle()
        #expect(client.accountsStatus(limit: 10).shown.map(\.name) == ["wx1", "wx2"])
        #expect(client.accountsStatus(limit: 10).shown.map(\.token.state) == [.refreshing, .refreshing])
        other.interrupt(.waits, cause: .handedOver)
        #expect(try await waits[1].outcome() == .handedOver)
        try calls.end(with: #"{"errcode":40125,"errmsg":"invalid appsecret"}"#)
        await runUntilIdle()
        #expect(waits[0].value == nil)
        try calls.end(with: #"{"access_token":"80_one","expires_in":7200}"#)
        #expect(try await waits[0].outcome() == nil)
        #expect(client.accountsStatus(limit: 10).usable == 1)
        #expect(await Self.interruption(of: client, under: Interruption()) == nil)
    }

    @Test func waitsForAServerThatIsNotThereAndSaysSoAtItsDeadline() async throws {
        let client = client { _ throws(HTTPClientFailure) in throw .failed(.couldNotConnect) }
        let interruption = Interruption()
        let job = start(client, under: interruption)
        await runUntilIdle()
        #expect(job.value == nil)
        interruption.interrupt(.everything, cause: .deadline)
        let failure = try await job.outcome().failure
        #expect(failure?.kind == .timeout)
        #expect(
            failure?.message
                == "the job's time is over; it waited because of transport: no connection could be made")
    }

    /// Nobody is left to try whether WeChat is back, and no job is taken: the client must ask for one.
    @Test func asksForAJobToProbeWithWhenNoneIsLeft() async throws {
        let isDown = Mutex(false)
        let client = client(concurrency: 16) { request throws(HTTPClientFailure) in
            if isDown.withLock({ $0 }) { throw .failed(.couldNotConnect) }
            return request.url.contains("stable_token") ? Self.grant : .json(StubText.finished)
        }
        var calls = 0
        client.onWantsJobs = { calls += 1 }
        #expect(try await start(client).outcome() == .finished)
        isDown.withLock { $0 = true }
        let interruptions = (0..<HostBreaker.threshold).map { _ in Interruption() }
        let jobs = interruptions.map { start(client, under: $0) }
        await runUntilIdle()
        #expect(!client.wantsJobs && client.isHeldUp("wx1"))
        for interruption in interruptions { interruption.interrupt(.everything, cause: .handedOver) }
        for job in jobs { #expect(try await job.outcome() == .failure(.interrupted)) }
        #expect(!client.wantsJobs)
        #expect(calls == 0)
        clock.advance(by: .milliseconds(200))
        #expect(client.wantsJobs)
        #expect(calls == 1)
        isDown.withLock { $0 = false }
        #expect(try await start(client).outcome() == .finished)
        #expect(client.wantsJobs && !client.isHeldUp("wx1"))
        #expect(calls == 2)
    }

    /// Exchanges that go on until the test ends them, in order.
    @EventLoopActor
    private final class HeldCalls {
        private(set) var pending: [Waiter] = []
        private var answer = ""

        nonisolated init() {}

        func hold() async -> HTTPResponse {
            let waiter = Waiter()
            pending.append(waiter)
            try? await waiter.wait(.everything, under: nil)
            return .json(answer)
        }

        /// The next call is to be ended only when this one has read its answer.
        func end(with answer: String) throws {
            self.answer = answer
            let first = try #require(pending.first, "no call is under way")
            pending.removeFirst()
            first.resume()
        }
    }

    private static let grant = HTTPResponse.json(#"{"access_token":"80_one","expires_in":7200}"#)

    private func client(
        accounts: [String] = ["wx1"], concurrency: Int = 8, respond: @escaping ScriptedTransport.Respond
    ) -> WeChatClient {
        var configuration = WeChatConfiguration(
            accounts: Dictionary(uniqueKeysWithValues: accounts.map { ($0, AccountCredentials { "s3cret" }) }))
        configuration.concurrency = concurrency
        return WeChatClient(
            configuration: configuration, transport: ScriptedTransport(respond), clock: clock,
            random: FixedGenerator.one, events: { [recorder] in recorder.record($0) })
    }

    private func start(
        _ client: WeChatClient, account: String = "wx1", under interruption: Interruption = Interruption()
    ) -> LoopTask<Result<ApplyCodeQueryResult, APIError>> {
        let context = CallContext.sample(on: clock, interruption: interruption)
        return LoopTask { await client.applyCodeQuery(.sample, account: account, context: context) }
    }

    private static func interruption(
        of client: WeChatClient, under interruption: Interruption
    ) async -> Interrupted.Cause? {
        do {
            try await client.waitUntilAnyAccountIsUsable(under: interruption)
            return nil
        } catch { return error.cause }
    }
}
