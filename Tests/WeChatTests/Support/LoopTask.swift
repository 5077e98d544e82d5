import EventLoop
import TestSupport
import Testing

/// A task of the loop, and what it brought. It never leaves the loop, so after `runUntilIdle()` it waits for something
/// that only the test can bring, or has ended.
@EventLoopActor
final class LoopTask<Value: Sendable> {
    private(set) var value: Value?
    private let end = Waiter()

    @discardableResult
    init(_ operation: @escaping @Sendable @EventLoopActor () async -> Value) {
        EventLoopActor.startTask { [self] in
            value = await operation()
            end.resume()
        }
    }

    /// For a task that needs nothing more from the test or from outside the loop.
    func outcome() async throws -> Value {
        await runUntilIdle()
        return try #require(value, "the task still waits")
    }

    /// For a task that waits for the world outside the loop. Called once.
    func wait() async throws -> Value {
        try await end.wait(.waits, under: nil)
        guard let value else { preconditionFailure("a task has ended without its value") }
        return value
    }
}
