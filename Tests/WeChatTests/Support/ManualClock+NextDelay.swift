import EventLoop
import TestSupport
import Testing

extension ManualClock {
    /// Lets the loop come to rest, and moves time to the timer that it has set by then.
    func passNextDelay() async throws -> Duration {
        await runUntilIdle()
        let delay = try #require(pendingDelays.first, "no timer is set")
        advance(by: delay)
        return delay
    }
}
