internal import Dispatch
internal import Synchronization

/// One value that a thread which may block waits for.
final class Handover<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let semaphore = DispatchSemaphore(value: 0)

    /// The first value counts.
    func give(_ value: Value) {
        self.value.withLock { $0 = $0 ?? value }
        semaphore.signal()
    }

    /// Blocks until there is a value. Called once.
    func take() -> Value {
        while true {
            semaphore.wait()
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}
