/// A task of the loop that waits for another one, or for a handler, to send it on.
///
/// In place of a continuation: one of those resumes on Swift's thread pool, unless its task prefers an executor; and a
/// preference is looked up under a lock at every call and every return of an async function. Here the task moves to an
/// executor that runs nothing, and keeps the task's job until it is to go on.
@EventLoopActor
package class SuspendedTask {
    // Guarantee: read and written on the loop's thread only, as is all of its isolation.
    fileprivate nonisolated(unsafe) var job: UnownedJob?

    nonisolated init() {}

    /// Suspends the task that calls it, until `goOn()`.
    final func suspend() async {
        Standstill.executor.next = self
        await Standstill.enter()
    }

    /// Has the task go on in a later turn. Does nothing if none is suspended.
    final func goOn() {
        guard let job else { return }
        self.job = nil
        EventLoop.shared.runLater(job)
    }
}

/// The isolation of nothing: who enters it stands still.
@globalActor
private actor Standstill {
    static let shared = Standstill()
    static let executor = StandstillExecutor()

    nonisolated var unownedExecutor: UnownedSerialExecutor { Self.executor.asUnownedSerialExecutor() }

    // Not inlined: the compiler leaves out a change of executors between which nothing happens.
    @Standstill @inline(never) static func enter() {}
}

// @unchecked: only tasks of the loop come here, so all happens on its thread.
private final class StandstillExecutor: SerialExecutor, @unchecked Sendable {
    var next: SuspendedTask?

    /// Called within `suspend()`, on the loop. The job goes on there too: what is left of it is the return from `enter()`.
    func enqueue(_ job: consuming ExecutorJob) {
        next?.job = UnownedJob(job)
        next = nil
    }
}
