package import EventLoop

/// A clock that stands still until a test moves it. Timers fire inside `advance`, in order of their deadlines.
@EventLoopActor
package final class ManualClock: LoopClock {
    package private(set) var now = MonotonicTime(nanoseconds: 1_000_000_000)
    /// 2026-01-01T00:00:00Z, moved along with `now`.
    package private(set) var wallTime = WallTime(millisecondsSince1970: 1_767_225_600_000)

    private var timers = TimerHeap()
    private var pending: [ObjectIdentifier: LoopTimer] = [:]
    private var awaitingTimers: [Waiter] = []

    package nonisolated init() {}

    /// Delays until the pending timers are due, the nearest first.
    package var pendingDelays: [Duration] { pending.values.map { $0.deadline - now }.sorted() }

    package func schedule(after delay: Duration, _ action: @escaping @EventLoopActor () -> Void) -> LoopTimer {
        let timer = LoopTimer(deadline: now + delay, action: action)
        timers.insert(timer)
        pending[ObjectIdentifier(timer)] = timer
        for waiter in awaitingTimers { waiter.resume() }
        awaitingTimers = []
        return timer
    }

    package func cancel(_ timer: LoopTimer) {
        timers.remove(timer)
        pending[ObjectIdentifier(timer)] = nil
    }

    /// Moves time on. Tasks that this makes runnable run at the test's next suspension.
    package func advance(by duration: Duration) {
        let end = now + duration
        while let deadline = timers.nextDeadline, deadline <= end {
            move(to: deadline)
            pending = pending.filter { $0.value.deadline > deadline }
            while let action = timers.popDue(at: deadline) { action() }
        }
        move(to: end)
    }

    /// Waits until something has set a timer, moves time to it, and returns by how much.
    @discardableResult
    package func advanceToNextTimer() async -> Duration {
        await waitForTimer()
        let delay = pendingDelays[0]
        advance(by: delay)
        return delay
    }

    /// Waits until a timer is set that is due in `limit` at most.
    package func waitForTimer(within limit: Duration = .seconds(1_000_000_000)) async {
        // Not by yielding: on the loop that would keep the sockets from being served that the timer may depend on.
        while !pendingDelays.contains(where: { $0 <= limit }) {
            let waiter = Waiter()
            awaitingTimers.append(waiter)
            try? await waiter.wait(.waits, under: nil)
        }
    }

    private func move(to time: MonotonicTime) {
        wallTime = wallTime + (time - now)
        now = time
    }
}

/// Lets every task that can run on the loop run until it waits for something that only the test can bring.
@EventLoopActor
package func runUntilIdle() async {
    for _ in 0..<100 { await Task.yield() }
}
