internal import CLinux
internal import CRdKafka
internal import EventLoop

/// `rd_kafka_queue_t`: a queue of events. Must be closed before the client that it belongs to.
///
/// Bound to no thread: the owner's isolation keeps it to one.
final class RDKafkaQueue {
    let pointer: OpaquePointer
    private var wakeDescriptor: Int32 = -1
    private var isClosed = false

    /// Takes a reference over from the C function that made it.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { assert(isClosed, "a queue was not closed before its client") }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        rd_kafka_queue_destroy(pointer)
    }

    /// Takes the next event, waiting for it at most `milliseconds`; 0 does not wait.
    func poll(milliseconds: Int32) -> RDKafkaEvent? {
        guard let event = rd_kafka_queue_poll(pointer, milliseconds) else { return nil }
        return RDKafkaEvent(event)
    }

    /// Calls `handler` on the loop when the queue, having been empty, gets an event. It is not called again before the
    /// queue was drained to empty: a reader that stops early must come back by itself.
    @EventLoopActor func watch(_ handler: @escaping @EventLoopActor () -> Void) {
        let descriptor = eventfd(0, LINUX_EFD_NONBLOCK | LINUX_EFD_CLOEXEC)
        precondition(descriptor >= 0, "no file descriptor left for a Kafka queue")
        wakeDescriptor = descriptor
        EventLoop.shared.register(descriptor, for: .read) { _ in
            var count: eventfd_t = 0
            eventfd_read(descriptor, &count)
            handler()
        }
        var one: UInt64 = 1
        rd_kafka_queue_io_event_enable(pointer, descriptor, &one, MemoryLayout<UInt64>.size)
    }

    @EventLoopActor func unwatch() {
        guard wakeDescriptor >= 0 else { return }
        rd_kafka_queue_io_event_enable(pointer, -1, nil, 0)
        EventLoop.shared.unregister(wakeDescriptor)
        CLinux.close(wakeDescriptor)
        wakeDescriptor = -1
    }
}
