internal import CLinux
internal import Glibc
internal import Synchronization

/// An actor's own thread, on which its calls may block: for librdkafka's transactional calls, which wait for brokers.
///
/// The thread ends when `stop()` was called and all that was enqueued before has run.
// @unchecked: all state is behind `mutex`, which guards the condition variable too.
package final class BlockingThread: SerialExecutor, @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var jobs: [UnownedJob] = []
    private var isStopping = false
    private let thread = Atomic<UInt>(0)

    /// - Parameter name: shown by `top -H` and debuggers; at most 15 bytes.
    package init(name: String) {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
        startThread(named: name) { self.run() }
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        pthread_mutex_lock(mutex)
        jobs.append(job)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    package func checkIsolated() {
        precondition(
            thread.load(ordering: .relaxed) == UInt(pthread_self()), "called off the thread that this actor owns")
    }

    /// Lets the thread end once it has run what is enqueued. Nothing may be enqueued afterwards.
    package func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Blocks the thread, for an actor that has to wait before it tries again. Called on the thread.
    package func pause(for duration: Duration) {
        checkIsolated()
        usleep(UInt32(clamping: max(0, duration.wholeNanoseconds) / 1_000))
    }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        while true {
            pthread_mutex_lock(mutex)
            while jobs.isEmpty && !isStopping { pthread_cond_wait(condition, mutex) }
            let batch = jobs
            jobs.removeAll(keepingCapacity: true)
            pthread_mutex_unlock(mutex)
            if batch.isEmpty { return }
            for job in batch { job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
    }
}

/// Starts a detached thread. `body` is released when it returns.
package func startThread(named name: String, _ body: @escaping @Sendable () -> Void) {
    final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var identifier = pthread_t()
    // Retained here, released by the first line of the thread.
    let start = Unmanaged.passRetained(Start(name: name, body: body)).toOpaque()
    let status = pthread_create(
        &identifier, nil,
        { argument in
            guard let argument else { return nil }
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            linux_name_thread(start.name)
            start.body()
            return nil
        }, start)
    precondition(status == 0, "no thread could be started (error \(status))")
    pthread_detach(identifier)
}
