/// Why a wait or a call was cut short.
package struct Interrupted: Error, Hashable {
    package enum Cause: Hashable, Sendable {
        /// The job's own time is over: it is answered as such.
        case deadline
        /// Its partition or the process goes away: nothing is answered, the next owner does the job again.
        case handedOver
    }

    package let cause: Cause
}

/// A job's one switch for being cut short: its deadline, a revoked partition and shut-down all pull it.
///
/// A job runs one step at a time, so at most one `Waiter` is suspended under its interruption. Waits (a retry's delay,
/// a place in a queue) end at once; a call on the wire ends only with `.everything`, so that a hand-over can let it
/// finish.
@EventLoopActor
package final class Interruption {
    /// How far an interruption reaches.
    package enum Reach: Comparable, Sendable {
        case waits
        case everything
    }

    private var reached: Reach?
    private var cause = Interrupted.Cause.handedOver
    private var suspended: (step: Reach, waiter: Waiter)?

    package nonisolated init() {}

    /// Ends what is suspended within `reach`, and every later step within it before it begins.
    package func interrupt(_ reach: Reach, cause: Interrupted.Cause) {
        if let reached, reached >= reach { return }
        self.reached = reach
        self.cause = cause
        if let suspended, suspended.step <= reach { suspended.waiter.settle(.failure(Interrupted(cause: cause))) }
    }

    /// - Throws: if a step of this kind must not begin any more.
    package func check(_ step: Reach) throws(Interrupted) {
        if let reached, step <= reached { throw Interrupted(cause: cause) }
    }

    package func sleep(for delay: Duration, clock: any LoopClock) async throws(Interrupted) {
        let waiter = Waiter()
        let timer = clock.schedule(after: delay) { waiter.resume() }
        defer { clock.cancel(timer) }
        try await waiter.wait(.waits, under: self)
    }

    fileprivate func suspend(_ step: Reach, _ waiter: Waiter) { suspended = (step, waiter) }

    fileprivate func resume() { suspended = nil }
}

/// A task of the loop that is suspended until something else on the loop has happened.
@EventLoopActor
package final class Waiter: SuspendedTask {
    private var outcome: Result<Void, Interrupted>?

    package nonisolated override init() {}

    /// Ends the wait, or keeps it from beginning. The first end counts, later ones do nothing.
    package func resume() { settle(.success(())) }

    /// Suspends until `resume()`, or until `interruption` reaches `step`. Called once.
    package func wait(_ step: Interruption.Reach, under interruption: Interruption?) async throws(Interrupted) {
        if outcome == nil {
            try interruption?.check(step)
            interruption?.suspend(step, self)
            await suspend()
            interruption?.resume()
        }
        try outcome?.get()
    }

    fileprivate func settle(_ outcome: Result<Void, Interrupted>) {
        guard self.outcome == nil else { return }
        self.outcome = outcome
        goOn()
    }
}
