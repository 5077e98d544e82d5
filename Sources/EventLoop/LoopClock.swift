/// Where code on the loop gets the time and its timers from: the system's in production, a test's own elsewhere.
@EventLoopActor
package protocol LoopClock: AnyObject, Sendable {
    /// Monotonic; measures and schedules.
    var now: MonotonicTime { get }
    /// The time of day; for time stamps and for times that arrive from outside.
    var wallTime: WallTime { get }
    /// Calls `action` once on the loop, `delay` from now, unless the timer is cancelled before.
    func schedule(after delay: Duration, _ action: @escaping @EventLoopActor () -> Void) -> LoopTimer
    func cancel(_ timer: LoopTimer)
}

/// The system's clocks and the event loop's timers.
@EventLoopActor
package final class SystemClock: LoopClock {
    package nonisolated static let shared = SystemClock()

    private nonisolated init() {}

    package var now: MonotonicTime { EventLoop.shared.now }

    package var wallTime: WallTime { .current }

    package func schedule(after delay: Duration, _ action: @escaping @EventLoopActor () -> Void) -> LoopTimer {
        let timer = LoopTimer(deadline: now + delay, action: action)
        EventLoop.shared.schedule(timer)
        return timer
    }

    package func cancel(_ timer: LoopTimer) { EventLoop.shared.cancel(timer) }
}
