import EventLoop
import TestSupport
import Testing

@testable import WeChat

@Suite @EventLoopActor
struct CallContextTests {
    private let clock = ManualClock()

    @Test func endsTheJobWhenItsTimeIsOver() {
        let context = CallContext.sample(on: clock, timeout: .seconds(2))
        context.begin()
        clock.advance(by: .milliseconds(1999))
        #expect(!isEnded(context))
        clock.advance(by: .milliseconds(1))
        #expect(isEnded(context))
    }

    @Test func endsNoJobThatHasEnded() {
        let context = CallContext.sample(on: clock, timeout: .seconds(2))
        context.begin()
        context.end()
        #expect(clock.pendingDelays == [])
    }

    @Test func standsStillBetweenStopAndStart() {
        let context = CallContext.sample(on: clock, timeout: .seconds(2))
        context.begin()
        clock.advance(by: .seconds(1))
        context.stopClock()
        #expect(clock.pendingDelays == [])
        clock.advance(by: .seconds(3600))
        context.stopClock()
        context.startClock()
        context.startClock()
        #expect(clock.pendingDelays == [.seconds(1)])
        #expect(context.deadline == clock.now + .seconds(1))
        clock.advance(by: .seconds(1))
        #expect(isEnded(context))
    }

    /// Whoever set the deadline will not wait for an account.
    @Test func neverStandsStillForADeadlineOfTheJobsOwn() {
        let context = CallContext(jobID: "job-1", limit: .seconds(2), isFixed: true, clock: clock)
        context.begin()
        context.stopClock()
        clock.advance(by: .seconds(2))
        #expect(isEnded(context))
        context.startClock()
        #expect(context.deadline == clock.now)
    }

    private func isEnded(_ context: CallContext) -> Bool {
        (try? context.interruption.check(.everything)) == nil
    }
}
