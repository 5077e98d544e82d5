/// The isolation of everything that lives on the event loop's thread.
///
/// Types that belong there carry `@EventLoopActor`; calls between them need no `await` and no lock, and the compiler
/// refuses a call from any other thread.
@globalActor
package actor EventLoopActor {
    package static let shared = EventLoopActor()

    // Stored, since it is asked for at every call and every return of an async function.
    package nonisolated let unownedExecutor = EventLoop.shared.asUnownedSerialExecutor()

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

    /// Runs `operation` on the loop, in a later turn of its own. Callable from any thread.
    package nonisolated static func post(_ operation: @escaping @Sendable @EventLoopActor () -> Void) {
        startTask { operation() }
    }

    /// Starts a task of the loop. Callable from any thread.
    package nonisolated static func startTask(_ operation: @escaping @Sendable @EventLoopActor () async -> Void) {
        Task(operation: operation)
    }
}
