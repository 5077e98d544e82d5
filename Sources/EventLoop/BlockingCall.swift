/// One call that may block, such as the reading of a file, on a thread that ends with it.
package actor BlockingCall {
    private nonisolated let thread: BlockingThread

    package nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter threadName: as of `BlockingThread`.
    package init(threadName: String) { thread = BlockingThread(name: threadName) }

    /// Called once.
    package func run<Result: Sendable, Failure: Error>(
        _ body: @Sendable () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { thread.stop() }
        return try body()
    }
}
