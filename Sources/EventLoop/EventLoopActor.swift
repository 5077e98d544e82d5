/// The isolation of everything that lives on the event loop's thread.
///
/// Types that belong there carry `@EventLoopActor`; calls between them need no `await` and no lock, and the compiler
/// refuses a call from any other thread.
@globalActor
package actor EventLoopActor {
    package static let shared = EventLoopActor()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { EventLoop.shared.asUnownedSerialExecutor() }

    /// Runs `operation` at once, for C callbacks that are known to be called on the loop's thread. Traps elsewhere.
    package nonisolated static func assumeOnLoop<Result, Failure: Error>(
        _ operation: @EventLoopActor () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        EventLoop.shared.checkIsolated()
        typealias Unisolated = () throws(Failure) -> Result
        // The isolation of a closure is no part of its representation; the line above has checked what it promises.
        return try withoutActuallyEscaping(operation) { operation throws(Failure) in
            try unsafeBitCast(operation, to: Unisolated.self)()
        }
    }

    /// The same for an operation without a result: the generic one, from another module, is not specialised, and allocates.
    package nonisolated static func assumeOnLoop(_ operation: @EventLoopActor () -> Void) {
        EventLoop.shared.checkIsolated()
        withoutActuallyEscaping(operation) { operation in unsafeBitCast(operation, to: (() -> Void).self)() }
    }

    /// Runs `operation` on the loop, in a later turn of its own. Callable from any thread.
    package nonisolated static func post(_ operation: @escaping @Sendable @EventLoopActor () -> Void) {
        startTask { operation() }
    }

    /// Starts a task of the loop. With `Task { }` instead, what resumes after a continuation would pass through Swift's
    /// thread pool on its way back here, since that is where continuations resume that prefer no executor.
    package nonisolated static func startTask(_ operation: @escaping @Sendable @EventLoopActor () async -> Void) {
        Task(executorPreference: EventLoop.shared, operation: operation)
    }
}
