import EventLoop
import TestSupport
import Testing

@Suite @EventLoopActor struct InterruptionTests {
    private final class Log {
        var ends: [String] = []
    }

    private let interruption = Interruption()
    private let log = Log()

    private func begin(_ name: String, _ step: Interruption.Reach, _ waiter: Waiter) {
        EventLoopActor.startTask { [interruption, log] in
            do throws(Interrupted) {
                try await waiter.wait(step, under: interruption)
                log.ends.append("\(name) resumed")
            } catch {
                log.ends.append("\(name) \(error.cause)")
            }
        }
    }

    /// Why a step of this kind may not begin; nil if it may.
    private func refusal(of step: Interruption.Reach) -> Interrupted.Cause? {
        do throws(Interrupted) {
            try interruption.check(step)
            return nil
        } catch {
            return error.cause
        }
    }

    // MARK: Reach and cause

    @Test func nothingIsRefusedBeforeAnInterruption() {
        #expect(refusal(of: .waits) == nil)
        #expect(refusal(of: .everything) == nil)
    }

    @Test func interruptionOfWaitsLetsCallsBegin() {
        interruption.interrupt(.waits, cause: .handedOver)
        #expect(refusal(of: .waits) == .handedOver)
        #expect(refusal(of: .everything) == nil)
    }

    @Test func interruptionOfEverythingRefusesBoth() {
        interruption.interrupt(.everything, cause: .deadline)
        #expect(refusal(of: .waits) == .deadline)
        #expect(refusal(of: .everything) == .deadline)
    }

    @Test func laterInterruptionCountsOnlyIfItReachesFurther() {
        interruption.interrupt(.waits, cause: .handedOver)
        interruption.interrupt(.waits, cause: .deadline)
        #expect(refusal(of: .waits) == .handedOver)
        interruption.interrupt(.everything, cause: .deadline)
        interruption.interrupt(.everything, cause: .handedOver)
        interruption.interrupt(.waits, cause: .handedOver)
        #expect(refusal(of: .everything) == .deadline)
    }

    // MARK: What is suspended

    @Test func suspendedWaitEndsWithTheCause() async {
        begin("wait", .waits, Waiter())
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .deadline)
        await runUntilIdle()
        #expect(log.ends == ["wait deadline"])
    }

    @Test func suspendedCallOutlivesAnInterruptionOfWaits() async {
        begin("call", .everything, Waiter())
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .handedOver)
        await runUntilIdle()
        #expect(log.ends == [])
        interruption.interrupt(.everything, cause: .deadline)
        await runUntilIdle()
        #expect(log.ends == ["call deadline"])
    }

    @Test func waitThatBeginsAfterItsInterruptionIsNotSuspended() async {
        interruption.interrupt(.waits, cause: .handedOver)
        begin("wait", .waits, Waiter())
        await runUntilIdle()
        #expect(log.ends == ["wait handedOver"])
    }

    @Test func waiterResumedBeforeItsWaitIsNotSuspended() async throws {
        let waiter = Waiter()
        waiter.resume()
        try await waiter.wait(.waits, under: interruption)
    }

    /// What has happened has happened: an answer that is there is not thrown away.
    @Test func waiterResumedBeforeItsWaitIsNotInterruptedEither() async throws {
        let waiter = Waiter()
        waiter.resume()
        interruption.interrupt(.everything, cause: .deadline)
        try await waiter.wait(.waits, under: interruption)
    }

    @Test func firstEndCounts() async {
        let waiter = Waiter()
        begin("first", .waits, waiter)
        await runUntilIdle()
        waiter.resume()
        waiter.resume()
        interruption.interrupt(.everything, cause: .deadline)
        await runUntilIdle()
        #expect(log.ends == ["first resumed"])
    }

    @Test func resumingWhatWasInterruptedChangesNothing() async {
        let waiter = Waiter()
        begin("first", .waits, waiter)
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .handedOver)
        waiter.resume()
        await runUntilIdle()
        #expect(log.ends == ["first handedOver"])
    }

    @Test func interruptionReachesTheStepThatIsSuspendedNowAndNoneBefore() async {
        let (first, second) = (Waiter(), Waiter())
        begin("first", .waits, first)
        await runUntilIdle()
        first.resume()
        await runUntilIdle()
        begin("second", .everything, second)
        await runUntilIdle()
        interruption.interrupt(.everything, cause: .handedOver)
        await runUntilIdle()
        #expect(log.ends == ["first resumed", "second handedOver"])
    }

    @Test func waitUnderNoInterruptionEndsOnlyByResume() async {
        let waiter = Waiter()
        EventLoopActor.startTask { [log] in
            try? await waiter.wait(.waits, under: nil)
            log.ends.append("resumed")
        }
        await runUntilIdle()
        #expect(log.ends == [])
        waiter.resume()
        await runUntilIdle()
        #expect(log.ends == ["resumed"])
    }

    // MARK: Sleep

    private func sleepInBackground(_ clock: ManualClock) {
        EventLoopActor.startTask { [interruption, log] in
            do throws(Interrupted) {
                try await interruption.sleep(for: .seconds(5), clock: clock)
                log.ends.append("slept")
            } catch {
                log.ends.append("\(error.cause)")
            }
        }
    }

    @Test func sleepEndsAtItsTime() async {
        let clock = ManualClock()
        sleepInBackground(clock)
        await runUntilIdle()
        clock.advance(by: .milliseconds(4_999))
        await runUntilIdle()
        #expect(log.ends == [])
        clock.advance(by: .milliseconds(1))
        await runUntilIdle()
        #expect(log.ends == ["slept"])
    }

    @Test func interruptedSleepEndsAtOnceAndLeavesNoTimer() async {
        let clock = ManualClock()
        sleepInBackground(clock)
        await runUntilIdle()
        #expect(clock.pendingDelays == [.seconds(5)])
        interruption.interrupt(.waits, cause: .handedOver)
        await runUntilIdle()
        #expect(log.ends == ["handedOver"])
        #expect(clock.pendingDelays == [])
    }

    @Test func sleepAfterAnInterruptionLeavesNoTimerEither() async {
        let clock = ManualClock()
        interruption.interrupt(.everything, cause: .deadline)
        sleepInBackground(clock)
        await runUntilIdle()
        #expect(log.ends == ["deadline"])
        #expect(clock.pendingDelays == [])
    }
}
