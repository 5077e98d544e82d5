import EventLoop
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct AccountGateTests {
    private let clock = ManualClock()
    private let recorder = EventRecorder()

    private static let wrongSecret = APIFailure.sample(.credentials, errcode: 40125, .holdAccount)
    private static let minuteQuota = APIFailure.sample(.rateLimited, errcode: 45011, .holdAccount)

    @Test func hasJobsWaitUntilAProbeSucceeds() async throws {
        let gate = gate(.wait)
        let first = try await passed(enter(gate))
        guard case .again = gate.failed(first, Self.wrongSecret) else {
            Issue.record("was answered")
            return
        }
        #expect(gate.hold?.failure == Self.wrongSecret)
        let tasks = (0..<3).map { _ in enter(gate) }
        await pass(.seconds(30))
        let probe = try await passed(tasks[0])
        #expect(tasks[1].value == nil)
        clock.advance(by: .seconds(2))
        gate.succeeded(probe)
        await runUntilIdle()
        #expect(tasks.allSatisfy { $0.value != nil })
        #expect(
            recorder.events == [
                .accountHeld(account: "wx1", failure: Self.wrongSecret, waits: true, probeAfter: .seconds(30)),
                .accountReleased(account: "wx1", kind: .credentials, after: .seconds(32)),
            ])
    }

    @Test func answersJobsWithTheFaultAndItsTime() async throws {
        let gate = gate(.answer)
        var failure = Self.wrongSecret
        failure.rid = "6543a2b1-1"
        let first = try await passed(enter(gate))
        guard case .answer(let answer) = gate.failed(first, failure) else {
            Issue.record("waits")
            return
        }
        #expect(answer.rid == "6543a2b1-1")
        #expect(answer.retryAt == clock.wallTime + .seconds(30))
        clock.advance(by: .seconds(10))
        let second = try #require(try await enter(gate).outcome().failure)
        #expect(second.kind == .credentials)
        #expect(second.rid == nil)
        #expect(second.retryAt == clock.wallTime + .seconds(20))
        clock.advance(by: .seconds(20))
        // The one that comes when it is due tries; those behind it are answered.
        let probe = try await passed(enter(gate))
        #expect(probe.isProbe)
        #expect(try await enter(gate).outcome().failure?.kind == .credentials)
        gate.left(probe)
        let next = try await passed(enter(gate))
        #expect(next.isProbe)
        gate.succeeded(next)
        #expect(gate.hold == nil)
        _ = try await passed(enter(gate))
    }

    /// Answered jobs are wanted all the same; of those that would wait only one, for the probe.
    @Test func wantsJobsThatItAnswersAndOneThatProbes() async throws {
        for mode in HoldMode.allCases {
            let gate = gate(mode)
            #expect(gate.wantsJobs)
            _ = gate.failed(try await passed(enter(gate)), Self.wrongSecret)
            #expect(gate.wantsJobs == (mode == .answer))
            await pass(.seconds(30))
            #expect(gate.wantsJobs)
            _ = try await passed(enter(gate))
            #expect(gate.wantsJobs == (mode == .answer))
        }
    }

    @Test func beginsNoNewHoldWithLateFailures() async throws {
        let gate = gate(.answer)
        let passes = [try await passed(enter(gate)), try await passed(enter(gate)), try await passed(enter(gate))]
        _ = gate.failed(passes[0], Self.wrongSecret)
        #expect(gate.isStale(passes[1]))
        await pass(.seconds(30))
        gate.succeeded(try await passed(enter(gate)))
        guard case .again = gate.failed(passes[1], Self.wrongSecret) else {
            Issue.record("was answered")
            return
        }
        #expect(gate.hold == nil)
        // Nor does a late success end one.
        _ = gate.failed(try await passed(enter(gate)), Self.wrongSecret)
        gate.succeeded(passes[2])
        #expect(gate.hold != nil)
    }

    /// Its answers alone look like a fault of the account: after three holds that others have ended it is answered.
    @Test func answersAJobThatBeginsHoldAfterHold() async throws {
        let gate = gate(.wait)
        let context = CallContext.sample(on: clock)
        for _ in 0..<3 {
            guard case .again = gate.failed(try await passed(enter(gate)), Self.wrongSecret, of: context) else {
                Issue.record("was answered")
                return
            }
            await pass(.seconds(30))
            gate.succeeded(try await passed(enter(gate)))
        }
        guard
            case .answer(Self.wrongSecret) = gate.failed(
                try await passed(enter(gate)), Self.wrongSecret, of: context)
        else {
            Issue.record("was not answered")
            return
        }
        #expect(gate.hold == nil)
        // The minute's quota meets whoever comes at the wrong time.
        guard case .again = gate.failed(try await passed(enter(gate)), Self.minuteQuota, of: context) else {
            Issue.record("was answered")
            return
        }
    }

    @Test func triesAgainInASecondWhenAProbeTellsNothing() async throws {
        let gate = gate(.wait)
        _ = gate.failed(try await passed(enter(gate)), Self.wrongSecret)
        let tasks = (0..<2).map { _ in enter(gate) }
        await pass(.seconds(30))
        gate.wasInconclusive(try await passed(tasks[0]))
        await runUntilIdle()
        #expect(gate.hold != nil)
        #expect(tasks[1].value == nil)
        await pass(.seconds(1))
        #expect(try await passed(tasks[1]).isProbe)
    }

    @Test func endsWithTheTokenThatCouldNotBeHad() async throws {
        let gate = gate(.wait)
        let failure = Self.wrongSecret.delayed(by: .seconds(7), at: clock.wallTime)
        _ = gate.failed(try await passed(enter(gate)), failure)
        let task = enter(gate)
        await runUntilIdle()
        #expect(task.value == nil)
        gate.tokenArrived()
        #expect(try await passed(task).isProbe == false)
        #expect(gate.hold == nil)
    }

    @Test func doesNotEndWithATokenIfThatWasNotTheFault() async throws {
        let gate = gate(.wait)
        _ = gate.failed(try await passed(enter(gate)), .sample(.permission, errcode: 48001, .holdAccount))
        gate.tokenArrived()
        #expect(gate.hold != nil)
    }

    @Test func hasJobsWaitForTheNextMinuteAndLetsThemThroughLittleByLittle() async throws {
        let gate = gate(.answer)
        guard case .again = gate.failed(try await passed(enter(gate)), Self.minuteQuota) else {
            Issue.record("was answered")
            return
        }
        let tasks = (0..<12).map { _ in enter(gate) }
        await pass(.milliseconds(60_199))
        #expect(tasks.allSatisfy { $0.value == nil })
        await pass(.milliseconds(1))
        gate.succeeded(try await passed(tasks[0]))
        await runUntilIdle()
        #expect(tasks.count { $0.value != nil } == 3)
        gate.succeeded(try await passed(tasks[1]))
        await runUntilIdle()
        #expect(tasks.count { $0.value != nil } == 5)
    }

    /// Jobs wait for one fault; the probe meets another, for which they are answered.
    @Test func answersThoseThatWaitedIfTheFaultChanges() async throws {
        let gate = gate(.answer)
        _ = gate.failed(try await passed(enter(gate)), Self.minuteQuota)
        let tasks = (0..<3).map { _ in enter(gate) }
        await pass(.milliseconds(60_200))
        _ = gate.failed(try await passed(tasks[0]), Self.wrongSecret)
        await runUntilIdle()
        #expect(tasks[1].value?.failure?.kind == .credentials)
        #expect(tasks[2].value?.failure?.kind == .credentials)
        #expect(recorder.events.count == 2)
    }

    @Test func namesTheLatestFaultToJobsWhoseTimeEndsInIt() async throws {
        let gate = gate(.wait)
        _ = gate.failed(try await passed(enter(gate)), Self.minuteQuota)
        let probing = enter(gate)
        let interruption = Interruption()
        let waiting = enter(gate, under: interruption)
        await pass(.milliseconds(60_200))
        _ = gate.failed(try await passed(probing), Self.wrongSecret)
        interruption.interrupt(.everything, cause: .deadline)
        #expect(
            try await waiting.outcome().failure?.message
                == "the job's time is over; it waited because of credentials, errcode 40125: sample")
    }

    /// The same fault again is the same hold: it is reported once, and lasts from its first failure.
    @Test func reportsAHoldOnceHoweverManyProbesFail() async throws {
        let gate = gate(.wait)
        _ = gate.failed(try await passed(enter(gate)), Self.wrongSecret)
        for _ in 0..<5 {
            let probe = enter(gate)
            await pass(.seconds(30))
            _ = gate.failed(try await passed(probe), Self.wrongSecret)
        }
        #expect(recorder.events.count == 1)
    }

    private func gate(_ mode: HoldMode) -> AccountGate {
        AccountGate(
            account: "wx1", policy: HoldPolicy(mode: mode), rate: nil, concurrency: 8, clock: clock,
            random: LoopRandom(FixedGenerator.zero), events: { [recorder] in recorder.record($0) }, onWanted: {})
    }

    private typealias Task = LoopTask<Result<Turnstile.Pass, APIError>>

    private func enter(_ gate: AccountGate, under interruption: Interruption = Interruption()) -> Task {
        let context = CallContext.sample(on: clock, interruption: interruption)
        return LoopTask {
            do throws(APIError) { return .success(try await gate.enter(context)) } catch { return .failure(error) }
        }
    }

    private func passed(_ task: Task) async throws -> Turnstile.Pass { try await task.outcome().get() }

    private func pass(_ duration: Duration) async {
        await runUntilIdle()
        clock.advance(by: duration)
        await runUntilIdle()
    }
}

extension Result<Turnstile.Pass, APIError> {
    fileprivate var failure: APIFailure? {
        guard case .failure(.failed(let failure)) = self else { return nil }
        return failure
    }
}
