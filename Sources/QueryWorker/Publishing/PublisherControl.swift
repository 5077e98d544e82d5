package import EventLoop
internal import Kafka
internal import Synchronization

/// What loop and publisher, of replies or of credentials, tell each other while the publisher's thread is blocked in a call.
package final class PublisherControl: Sendable {
    private let abandoned = Atomic<Bool>(false)
    private let callDeadline = Atomic<Int64>(.max)

    package init() {}

    /// Set by the loop: whatever is not committed yet is to be given up, since its partitions, or the process, go away.
    package var isAbandoned: Bool {
        get { abandoned.load(ordering: .acquiring) }
        set { abandoned.store(newValue, ordering: .releasing) }
    }

    /// Whether the publisher's present call hangs past its limit. librdkafka promises to return by then: a call that does
    /// not will not return at all.
    package func isHanging(at time: MonotonicTime) -> Bool {
        time.nanoseconds > callDeadline.load(ordering: .acquiring)
    }

    /// Makes a blocking call whose own time limit is `timeout`, under the eye of the loop's watchdog.
    func watching<Result>(
        _ timeout: Duration, _ call: (Duration) throws(KafkaError) -> Result
    ) throws(KafkaError) -> Result {
        callDeadline.store((MonotonicTime.current + timeout + .seconds(30)).nanoseconds, ordering: .releasing)
        defer { callDeadline.store(.max, ordering: .releasing) }
        return try call(timeout)
    }

    /// Makes a call again as long as librdkafka says that it may succeed, and the loop wants it.
    /// - Parameter pause: waits before the next try; told how the last one failed. False: there is none.
    func again<Result>(
        _ call: () throws(KafkaError) -> Result, after pause: (KafkaError) -> Bool
    ) throws(KafkaError) -> Result {
        while true {
            do {
                return try call()
            } catch {
                guard error.isRetriable, !error.isFatal, !error.requiresAbort, !isAbandoned, pause(error) else {
                    throw error
                }
            }
        }
    }
}
