import TestSupport
import Testing

@testable import EventLoop
@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct TurnstileTests {
    private let clock = ManualClock()
    private let wanted = Count()
    private let turnstile: Turnstile

    private final class Count {
        var value = 0
    }

    init() {
        let wanted = wanted
        turnstile = Turnstile(clock: clock, rampEnd: 5, onWanted: { wanted.value += 1 })
    }

    @Test func letsAllThroughWhileItIsOpen() async throws {
        let tasks = start(20)
        await runUntilIdle()
        #expect(tasks.allSatisfy { $0.pass?.isProbe == false })
        #expect(clock.pendingDelays == [])
    }

    @Test func letsOneProbeThroughWhenItIsDueAndTheOthersInOrderAfterwards() async throws {
        turnstile.shut(probeAfter: .seconds(30))
        let tasks = start(4)
        await runUntilIdle()
        #expect(tasks.allSatisfy { $0.value == nil })
        await pass(.seconds(30))
        let probe = try #require(tasks[0].pass)
        #expect(probe.isProbe)
        #expect(tasks[1].value == nil)
        // While one is under way none follows.
        await pass(.seconds(3600))
        #expect(tasks[1].value == nil)
        turnstile.open(ramped: false)
        turnstile.leave(probe, succeeded: true)
        await runUntilIdle()
        #expect(tasks.allSatisfy { $0.pass != nil })
        #expect(tasks[1...].allSatisfy { $0.pass?.isProbe == false })
    }

    @Test func rateCountsFromItsChangeOnForThoseThatWaitToo() async throws {
        turnstile.setRate(CallRate(calls: 1, per: .seconds(3600)))
        let tasks = start(4)
        await runUntilIdle()
        #expect(tasks.map { $0.pass != nil } == [true, false, false, false])
        turnstile.setRate(CallRate(calls: 1, per: .seconds(60)))
        await runUntilIdle()
        #expect(tasks.map { $0.pass != nil } == [true, true, false, false])
        await pass(.seconds(60))
        #expect(tasks.map { $0.pass != nil } == [true, true, true, false])
        turnstile.setRate(nil)
        await runUntilIdle()
        #expect(tasks.allSatisfy { $0.pass != nil })
    }

    @Test func sendsTheNextProbeAfterTheDelayThatAFailedOneBrought() async throws {
        turnstile.shut(probeAfter: .seconds(1))
        let tasks = start(2)
        await pass(.seconds(1))
        let probe = try #require(tasks[0].pass)
        turnstile.postponeProbe(by: .seconds(7))
        turnstile.leave(probe, succeeded: false)
        await pass(.milliseconds(6999))
        #expect(tasks[1].value == nil)
        await pass(.milliseconds(1))
        #expect(tasks[1].pass?.isProbe == true)
    }

    /// A probe that was taken away, or answered without a call, has tried nothing.
    @Test func sendsTheNextProbeAtOnceIfOneWasNotMade() async throws {
        turnstile.shut(probeAfter: .seconds(1))
        let tasks = start(2)
        await pass(.seconds(1))
        turnstile.leave(try #require(tasks[0].pass), succeeded: nil)
        await runUntilIdle()
        #expect(tasks[1].pass?.isProbe == true)
    }

    /// Shut while others wait, with a probe that is due at once: nobody comes or leaves who would let it through.
    @Test func sendsAProbeThatIsDueAtOnce() async throws {
        turnstile.shut(probeAfter: .seconds(1))
        let tasks = start(4)
        await pass(.seconds(1))
        turnstile.open(ramped: true)
        await runUntilIdle()
        #expect(tasks[2].pass != nil && tasks[3].value == nil)
        turnstile.shut(probeAfter: .zero)
        await pass(.zero)
        #expect(tasks[3].pass?.isProbe == true)
    }

    @Test func sendsSeveralProbesWhereOneMayHang() async throws {
        let turnstile = Turnstile(clock: clock, rampEnd: 5, probes: (3, .seconds(1)))
        turnstile.shut(probeAfter: .milliseconds(200))
        let tasks = (0..<6).map { _ in turnstile.start(.sample(on: clock)) }
        for count in 1...3 {
            await pass(count == 1 ? .milliseconds(200) : .seconds(1))
            #expect(tasks.count { $0.pass != nil } == count)
        }
        await pass(.seconds(60))
        #expect(tasks.count { $0.pass != nil } == 3)
        turnstile.leave(try #require(tasks[0].pass), succeeded: false)
        await runUntilIdle()
        #expect(tasks[3].pass?.isProbe == true)
        #expect(tasks[4].value == nil)
    }

    @Test func letsMoreThroughWithEveryCallThatSucceeds() async throws {
        turnstile.shut(probeAfter: .seconds(1))
        let tasks = start(12)
        await runUntilIdle()
        turnstile.open(ramped: true)
        await runUntilIdle()
        #expect(passed(tasks) == 2)
        turnstile.leave(try #require(tasks[0].pass), succeeded: true)
        await runUntilIdle()
        #expect(passed(tasks) == 4)
        turnstile.leave(try #require(tasks[1].pass), succeeded: false)
        await runUntilIdle()
        #expect(passed(tasks) == 5)
        turnstile.leave(try #require(tasks[2].pass), succeeded: nil)
        await runUntilIdle()
        #expect(passed(tasks) == 6)
        turnstile.leave(try #require(tasks[3].pass), succeeded: true)
        await runUntilIdle()
        #expect(passed(tasks) == 8)
        turnstile.leave(try #require(tasks[4].pass), succeeded: true)
        await runUntilIdle()
        // Five at once: the ramp is over.
        #expect(passed(tasks) == 12)
    }

    /// Calls from before it was shut say nothing about it, and take no place of its ramp.
    @Test func ignoresPassesOfAnEarlierTime() async throws {
        let old = start(3)
        await runUntilIdle()
        turnstile.shut(probeAfter: .seconds(1))
        let passes = try old.map { try #require($0.pass) }
        #expect(passes.allSatisfy { turnstile.isStale($0) })
        let tasks = start(6)
        await runUntilIdle()
        turnstile.open(ramped: true)
        for pass in passes { turnstile.leave(pass, succeeded: true) }
        await runUntilIdle()
        #expect(passed(tasks) == 2)
        #expect(turnstile.isStale(passes[0]))
        #expect(!turnstile.isStale(try #require(tasks[0].pass)))
    }

    @Test func passesOverWhoWasInterrupted() async throws {
        turnstile.shut(probeAfter: .seconds(1))
        let interruption = Interruption()
        let first = turnstile.start(.sample(on: clock, interruption: interruption))
        let second = start(1)[0]
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .handedOver)
        #expect(try await first.outcome() == .failure(Interrupted(cause: .handedOver)))
        await pass(.seconds(1))
        #expect(second.pass?.isProbe == true)
    }

    /// Interrupted, then let through before its task has run: it leaves with an error, and its pass goes to the next.
    @Test func losesNoPassToWhoIsInterruptedInTheSameTurn() async throws {
        turnstile.shut(probeAfter: .seconds(1))
        let interruption = Interruption()
        let first = turnstile.start(.sample(on: clock, interruption: interruption))
        let second = start(1)[0]
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .handedOver)
        clock.advance(by: .seconds(1))
        #expect(try await first.outcome() == .failure(Interrupted(cause: .handedOver)))
        #expect(second.pass?.isProbe == true)
    }

    @Test func sendsAllBackToAskAgain() async throws {
        turnstile.shut(probeAfter: .seconds(1))
        let tasks = start(3)
        await runUntilIdle()
        turnstile.sendBack()
        await runUntilIdle()
        #expect(tasks.allSatisfy { $0.value == .success(nil) })
        let next = start(1)[0]
        await pass(.seconds(1))
        #expect(next.pass?.isProbe == true)
    }

    /// While it is shut nobody may take jobs, so there may be none to make the probe: it must ask for one.
    @Test func asksForSomebodyToMakeTheProbeWhenNobodyWaits() async throws {
        turnstile.shut(probeAfter: .seconds(30))
        #expect(!turnstile.wantsProbe)
        await pass(.seconds(30))
        #expect(turnstile.wantsProbe)
        #expect(wanted.value == 1)
        #expect(clock.pendingDelays == [])
        let task = start(1)[0]
        await runUntilIdle()
        let probe = try #require(task.pass)
        #expect(!turnstile.wantsProbe)
        turnstile.leave(probe, succeeded: nil)
        #expect(turnstile.wantsProbe)
        #expect(wanted.value == 2)
    }

    @Test func asksForAProbeAfterAllThatWaitedAreGone() async throws {
        turnstile.shut(probeAfter: .seconds(30))
        let interruption = Interruption()
        let task = turnstile.start(.sample(on: clock, interruption: interruption))
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .handedOver)
        _ = try await task.outcome()
        await pass(.seconds(30))
        #expect(wanted.value == 1)
        #expect(turnstile.wantsProbe)
    }

    @Test func keepsToItsRate() async throws {
        let turnstile = Turnstile(clock: clock, rampEnd: 5, rate: CallRate(calls: 2, per: .seconds(1)))
        let tasks = (0..<6).map { _ in turnstile.start(.sample(on: clock)) }
        await runUntilIdle()
        // What the second before has left, and the first.
        #expect(passed(tasks) == 2)
        for count in 3...6 {
            await pass(.milliseconds(499))
            #expect(passed(tasks) == count - 1)
            await pass(.milliseconds(1))
            #expect(passed(tasks) == count)
        }
    }

    /// Who is taken away while it waits for its place has made no call, so the next one comes in its place.
    @Test func usesUpNoRateForWhoNeverPassed() async throws {
        let turnstile = Turnstile(clock: clock, rampEnd: 5, rate: CallRate(calls: 1, per: .seconds(1)))
        let interruptions = (0..<50).map { _ in Interruption() }
        let first = turnstile.start(.sample(on: clock))
        for interruption in interruptions { _ = turnstile.start(.sample(on: clock, interruption: interruption)) }
        let last = turnstile.start(.sample(on: clock))
        await runUntilIdle()
        #expect(first.pass != nil)
        for interruption in interruptions { interruption.interrupt(.waits, cause: .handedOver) }
        await pass(.seconds(1))
        #expect(last.pass != nil)
    }

    /// During a hold the rate holds up no probe.
    @Test func letsAProbePassWhateverTheRate() async throws {
        let turnstile = Turnstile(clock: clock, rampEnd: 5, rate: CallRate(calls: 1, per: .seconds(3600)))
        let tasks = (0..<3).map { _ in turnstile.start(.sample(on: clock)) }
        await runUntilIdle()
        #expect(passed(tasks) == 1)
        turnstile.shut(probeAfter: .seconds(30))
        await pass(.seconds(30))
        #expect(tasks[1].pass?.isProbe == true)
    }

    @Test func stopsTheClockOfWhoWaits() async throws {
        turnstile.shut(probeAfter: .seconds(30))
        let context = CallContext.sample(on: clock, timeout: .seconds(1))
        context.begin()
        let task = turnstile.start(context)
        await pass(.seconds(30))
        #expect(task.pass != nil)
        #expect(context.deadline - clock.now == .seconds(1))
        await pass(.seconds(1))
        #expect(throws: Interrupted(cause: .deadline)) { try context.interruption.check(.everything) }
    }

    /// An account whose calls hang does not stand before those of all others, neither as a probe nor in a ramp.
    @Test func letsAccountsTakeTurns() async throws {
        turnstile.shut(probeAfter: .seconds(1))
        let first = start(4, in: CallLine())
        await runUntilIdle()
        let second = start(2, in: CallLine())
        await runUntilIdle()
        await pass(.seconds(1))
        #expect(passed(first) == 1)
        turnstile.open(ramped: true)
        await runUntilIdle()
        #expect(passed(first) == 2)
        #expect(passed(second) == 1)
    }

    private func start(_ count: Int, in line: CallLine? = nil) -> [TurnstileTask] {
        (0..<count).map { _ in turnstile.start(.sample(on: clock), in: line) }
    }

    private func passed(_ tasks: [TurnstileTask]) -> Int { tasks.count { $0.pass != nil } }

    private func pass(_ duration: Duration) async {
        await runUntilIdle()
        clock.advance(by: duration)
        await runUntilIdle()
    }
}
