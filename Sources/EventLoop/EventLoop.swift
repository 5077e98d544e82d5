internal import CLinux
internal import Glibc
internal import Synchronization

/// The one thread on which everything runs that must not block: Kafka events, every job's task, libcurl, timers.
///
/// It is the executor of `EventLoopActor`, so the compiler checks that code confined to the loop stays there.
/// Life of a turn: wait in `epoll_wait` until a descriptor, a timer or another thread needs us; call the handlers of
/// the ready descriptors; fire due timers; run the Swift jobs that these have made runnable, until none is left.
// @unchecked: `confined` is touched on the loop's thread only (every entry checks it); the rest is locked or atomic.
package final class EventLoop: SerialExecutor, @unchecked Sendable {
    /// The process's loop. Its thread starts with the first use.
    package static let shared = EventLoop()

    package typealias Readiness = UInt32
    package typealias ReadinessHandler = @EventLoopActor (Readiness) -> Void

    private let epoll: Int32
    private let wakeDescriptor: Int32
    private let inbox = Mutex<[UnownedJob]>([])
    private let wakePending = Atomic<Bool>(false)
    private let thread = Atomic<UInt>(0)
    private var confined = Confined()

    private struct Confined {
        var handlers: [ReadinessHandler?] = []
        var runnable: [UnownedJob] = []
        var timers = TimerHeap()
        var now = MonotonicTime.current
    }

    private init() {
        epoll = epoll_create1(LINUX_EPOLL_CLOEXEC)
        wakeDescriptor = eventfd(0, LINUX_EFD_NONBLOCK | LINUX_EFD_CLOEXEC)
        precondition(epoll >= 0 && wakeDescriptor >= 0, "no file descriptor left for the event loop")
        _ = linux_epoll_ctl(epoll, EPOLL_CTL_ADD, wakeDescriptor, LINUX_EPOLLIN)
        startThread(named: "event-loop") { self.run() }
    }

    // MARK: Executor

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent {
            confined.runnable.append(job)
            return
        }
        inbox.withLock { $0.append(job) }
        wake()
    }

    /// As `enqueue`, for a job that was kept meanwhile. Called on the loop.
    func runLater(_ job: UnownedJob) { confined.runnable.append(job) }

    package func checkIsolated() {
        precondition(isCurrent, "this code belongs on the event loop, and was called on another thread")
    }

    package var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    private func wake() {
        guard !wakePending.exchange(true, ordering: .acquiringAndReleasing) else { return }
        eventfd_write(wakeDescriptor, 1)
    }

    // MARK: The loop

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var events = [epoll_event](repeating: epoll_event(), count: 256)
        while true {
            let count = epoll_wait(epoll, &events, Int32(events.count), millisecondsToWait())
            confined.now = .current
            EventLoopActor.assumeOnLoop {
                for index in 0..<max(0, Int(count)) { dispatch(events[index]) }
                while let action = confined.timers.popDue(at: confined.now) { action() }
            }
            takeInbox()
            runJobs()
        }
    }

    private func millisecondsToWait() -> Int32 {
        guard let next = confined.timers.nextDeadline else { return -1 }
        let nanoseconds = next.nanoseconds - MonotonicTime.current.nanoseconds
        return nanoseconds <= 0 ? 0 : Int32(clamping: (nanoseconds + 999_999) / 1_000_000)
    }

    @EventLoopActor private func dispatch(_ event: epoll_event) {
        var event = event
        let descriptor = linux_epoll_event_fd(&event)
        if descriptor == wakeDescriptor {
            var count: eventfd_t = 0
            eventfd_read(wakeDescriptor, &count)
            // Cleared before the inbox is read: what arrives afterwards writes the descriptor again.
            wakePending.store(false, ordering: .sequentiallyConsistent)
        } else if Int(descriptor) < confined.handlers.count, let handler = confined.handlers[Int(descriptor)] {
            handler(event.events)
        }
    }

    private func takeInbox() {
        inbox.withLock { jobs in
            confined.runnable.append(contentsOf: jobs)
            jobs.removeAll(keepingCapacity: true)
        }
    }

    private func runJobs() {
        let serial = asUnownedSerialExecutor()
        var batch: [UnownedJob] = []
        while !confined.runnable.isEmpty {
            swap(&batch, &confined.runnable)
            for job in batch { job.runSynchronously(on: serial) }
            batch.removeAll(keepingCapacity: true)
        }
    }
}

// MARK: Descriptors and timers

extension EventLoop {
    /// Time at which this turn began. One clock read per turn, however many jobs ask.
    @EventLoopActor package var now: MonotonicTime { confined.now }

    /// Calls `handler` on the loop whenever `descriptor` is readable (`.in`) or writable (`.out`); replaces an earlier
    /// registration of the same descriptor. The caller keeps the descriptor and unregisters it before closing it.
    @EventLoopActor package func register(
        _ descriptor: Int32, for interest: Interest, handler: @escaping ReadinessHandler
    ) {
        let index = Int(descriptor)
        while confined.handlers.count <= index { confined.handlers.append(nil) }
        let isKnown = confined.handlers[index] != nil
        confined.handlers[index] = handler
        _ = linux_epoll_ctl(epoll, isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, descriptor, interest.rawValue)
    }

    @EventLoopActor package func unregister(_ descriptor: Int32) {
        guard Int(descriptor) < confined.handlers.count, confined.handlers[Int(descriptor)] != nil else { return }
        confined.handlers[Int(descriptor)] = nil
        _ = linux_epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, 0)
    }

    @EventLoopActor func schedule(_ timer: LoopTimer) { confined.timers.insert(timer) }

    @EventLoopActor func cancel(_ timer: LoopTimer) { confined.timers.remove(timer) }

    /// Which readiness a descriptor is watched for.
    package struct Interest: OptionSet, Sendable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package static let nothing: Interest = []
        package static let read = Interest(rawValue: LINUX_EPOLLIN)
        package static let write = Interest(rawValue: LINUX_EPOLLOUT)
    }
}

extension EventLoop.Readiness {
    /// Readable, or failed: a read will not block, and tells which.
    package var isReadable: Bool { self & (LINUX_EPOLLIN | LINUX_EPOLLERR | LINUX_EPOLLHUP) != 0 }
    package var isWritable: Bool { self & LINUX_EPOLLOUT != 0 }
    package var isError: Bool { self & (LINUX_EPOLLERR | LINUX_EPOLLHUP) != 0 }
}
