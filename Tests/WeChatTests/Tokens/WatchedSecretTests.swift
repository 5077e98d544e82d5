import EventLoop
import TestSupport
import Testing

@testable import WeChat

/// A secret whose file hangs.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct WatchedSecretTests {
    private let clock = ManualClock()
    private let file = File()

    /// A file that hangs until the test lets it be read.
    @EventLoopActor
    private final class File {
        var text = "80_right"
        private(set) var reads = 0
        private var gate: Waiter?

        nonisolated init() {}

        func hang() { gate = Waiter() }

        func answer() {
            gate?.resume()
            gate = nil
        }

        func read() async -> String {
            reads += 1
            if let gate { try? await gate.wait(.everything, under: nil) }
            return text
        }
    }

    private func secret() -> WatchedSecret {
        WatchedSecret("the token of account wx1", limit: .seconds(10), clock: clock) { [file] in await file.read() }
    }

    private func read(
        _ secret: WatchedSecret, under interruption: Interruption = Interruption()
    ) -> LoopTask<Result<String, APIError>> {
        LoopTask {
            do throws(APIError) { return .success(try await secret.read(under: interruption)) } catch {
                return .failure(error)
            }
        }
    }

    @Test func failsWithinItsLimit() async throws {
        file.hang()
        let reading = read(secret())
        await runUntilIdle()
        clock.advance(by: .milliseconds(9_999))
        await runUntilIdle()
        #expect(reading.value == nil)
        clock.advance(by: .milliseconds(1))
        guard case .failure(.failed(let failure)) = try await reading.outcome() else {
            Issue.record("no failure")
            return
        }
        #expect(failure.kind == .credentials)
        #expect(failure.disposition == .holdAccount)
        #expect(failure.message == "the token of account wx1 cannot be read within 10 s")
        #expect(clock.pendingDelays == [])
        file.answer()
        await runUntilIdle()
    }

    @Test func beginsNoOtherReadWhileOneHangs() async throws {
        file.hang()
        let secret = secret()
        for _ in 1...3 {
            let reading = read(secret)
            let looking = LoopTask { await secret.hasChanged }
            await runUntilIdle()
            clock.advance(by: .seconds(10))
            #expect(try await looking.outcome() == false)
            #expect(reading.value != nil)
        }
        #expect(file.reads == 1)
        let reading = read(secret)
        await runUntilIdle()
        file.answer()
        #expect(try await reading.outcome() == .success("80_right"))
        #expect(file.reads == 1)
        #expect(try await read(secret).outcome() == .success("80_right"))
        #expect(file.reads == 2)
    }

    @Test func isWaitedForNoLongerThanTheInterruptionAllows() async throws {
        file.hang()
        let interruption = Interruption()
        let reading = read(secret(), under: interruption)
        await runUntilIdle()
        interruption.interrupt(.everything, cause: .handedOver)
        #expect(try await reading.outcome() == .failure(.interrupted))
        #expect(clock.pendingDelays == [])
        file.answer()
        await runUntilIdle()
    }

    /// The account is on hold as for a wrong secret, looks each second, and goes on without the back-off's 30 s.
    @Test func goesOnWhenItsFileComesBack() async throws {
        file.hang()
        let recorder = EventRecorder()
        let provider = TokenProvider(
            appID: "wx1", fetcher: ExternalTokenFetcher(account: "wx1", text: secret(), clock: clock), clock: clock,
            random: LoopRandom(FixedGenerator.zero), events: { recorder.record($0) }, becameUsable: {})
        provider.start()
        await pass(.seconds(10))
        #expect(provider.failure?.kind == .credentials)
        for _ in 1...5 { await pass(.seconds(1)) }
        #expect(file.reads == 1)
        #expect(!provider.isUsable)
        file.answer()
        await pass(.zero)
        #expect(try await provider.token(under: Interruption()) == AccessToken("80_right"))
        #expect(recorder.events.count == 2)
        // Only the next look at the token's file.
        #expect(clock.pendingDelays == [.seconds(60)])
        provider.close()
    }

    /// A back-off that ends while a look hangs fails again, and two looks do not become two chains of them.
    @Test func looksOnceASecondWhateverHangs() async {
        file.text = "not a token"
        let provider = TokenProvider(
            appID: "wx1", fetcher: ExternalTokenFetcher(account: "wx1", text: secret(), clock: clock), clock: clock,
            random: LoopRandom(FixedGenerator.zero), events: { _ in }, becameUsable: {})
        provider.start()
        await pass(.zero)
        #expect(provider.failure?.kind == .credentials)
        file.hang()
        for _ in 1...60 { await pass(.seconds(1)) }
        file.answer()
        await pass(.zero)
        let reads = file.reads
        for _ in 1...10 { await pass(.seconds(1)) }
        #expect(file.reads == reads + 10)
        provider.close()
        #expect(clock.pendingDelays == [])
    }

    private func pass(_ duration: Duration) async {
        await runUntilIdle()
        clock.advance(by: duration)
        await runUntilIdle()
    }
}
