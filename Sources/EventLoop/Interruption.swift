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
    private var suspended: (step: Reach, cancel: @EventLoopActor (Interrupted) -> Void)?

    package nonisolated init() {}

    /// Ends what is suspended within `reach`, and every later step within it before it begins.
    package func interrupt(_ reach: Reach, cause: Interrupted.Cause) {
        if let reached, reached >= reach { return }
        self.reached = reach
        self.cause = cause
        if let suspended, suspended.step <= reach { suspended.cancel(Interrupted(cause: cause)) }
    }

    /// - Throws: if a step of this kind must not begin any more.
    package func check(_ step: Reach) throws(Interrupted) {
        if let reached, step <= reached { throw Interrupted(cause: cause) }
    }

    package func sleep(for delay: Duration, clock: any LoopClock) async throws(Interrupted) {
        let waiter = Waiter<Void>()
        let timer = clock.schedule(after: delay) { waiter.resume(returning: ()) }
        defer { clock.cancel(timer) }
        try await waiter.value(.waits, under: self)
    }

    fileprivate func suspend(_ step: Reach, cancel: @escaping @EventLoopActor (Interrupted) -> Void) {
        suspended = (step, cancel)
    }

    fileprivate func resume() { suspended = nil }
}

/// One value that a task on the loop waits for, and that something else on the loop brings.
@EventLoopActor
package final class Waiter<Value: Sendable> {
    private var result: Result<Value, Interrupted>?
    private var continuation: CheckedContinuation<Result<Value, Interrupted>, Never>?

    package nonisolated init() {}

    /// The first call counts, later ones do nothing.
    package func resume(returning value: sending Value) { settle(.success(value)) }

    /// Suspends until `resume(returning:)`, or until `interruption` reaches `step`. Called once.
    package func value(
        _ step: Interruption.Reach, under interruption: Interruption?
    ) async throws(Interrupted) -> Value {
        if let result { return try result.get() }
        try interruption?.check(step)
        interruption?.suspend(step) { [self] interrupted in settle(.failure(interrupted)) }
        defer { interruption?.resume() }
        return try await withCheckedContinuation { continuation = $0 }.get()
    }

    private func settle(_ result: Result<Value, Interrupted>) {
        guard self.result == nil else { return }
        self.result = result
        continuation?.resume(returning: result)
        continuation = nil
    }
}
