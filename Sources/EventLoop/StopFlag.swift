internal import Synchronization

/// Asks a command, which blocks its thread, to end. Callable from any thread.
package final class StopFlag: Sendable {
    private let requested = Atomic<Int32>(0)
    private let hasBegun = Atomic(false)

    package init() {}

    /// The signal that asked for the end, if one did; SIGPIPE's number where nobody reads the output any more.
    package var signal: Int32? {
        let signal = requested.load(ordering: .relaxed)
        return signal == 0 ? nil : signal
    }

    /// From here on there is something to tell at the end.
    package func begin() { hasBegun.store(true, ordering: .relaxed) }

    /// - Returns: false where the process may as well end at once: nothing is done yet, or it was asked before.
    @discardableResult
    package func request(_ signal: Int32) -> Bool {
        let (isFirst, _) = requested.compareExchange(expected: 0, desired: signal, ordering: .relaxed)
        return isFirst && hasBegun.load(ordering: .relaxed)
    }
}
