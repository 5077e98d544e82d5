internal import EventLoop
internal import Synchronization

/// Where the event loop puts what the admin port tells, and where it shows that it turns.
///
/// Life: made before anything that can take time; `startBeating` once; `starting` says what is done before there is a worker;
/// the worker then renews the status once a second. Read from any thread.
package final class StatusBoard: Sendable {
    /// A turn of the loop takes milliseconds. One that is so late is blocked, or starved of CPU.
    package static let blockedAfter = Duration.seconds(10)

    let identity: WorkerIdentity
    private let blockedAfter: Duration
    private let status: Mutex<WorkerStatus>
    private let beat: Atomic<Int64>
    private let delay = Atomic<Int64>(0)

    package init(_ identity: WorkerIdentity, blockedAfter: Duration = StatusBoard.blockedAfter) {
        self.identity = identity
        self.blockedAfter = blockedAfter
        status = Mutex(WorkerStatus(identity, starting: "reads its configuration"))
        beat = Atomic(MonotonicTime.current.nanoseconds)
    }

    /// - Parameter step: what is done now, which may take a while.
    package func starting(_ step: String) { put(WorkerStatus(identity, starting: step)) }

    func put(_ status: WorkerStatus) { self.status.withLock { $0 = status } }

    /// Has the loop leave a sign of life once a second.
    @EventLoopActor package func startBeating() {
        let due = SystemClock.shared.now + .seconds(1)
        _ = SystemClock.shared.schedule(after: .seconds(1)) { [self] in
            let now = MonotonicTime.current
            delay.store(max(0, (now - due).wholeNanoseconds), ordering: .relaxed)
            beat.store(now.nanoseconds, ordering: .relaxed)
            startBeating()
        }
    }

    // MARK: Any thread

    /// How long ago the loop gave its last sign of life.
    var silence: Duration { MonotonicTime.current - MonotonicTime(nanoseconds: beat.load(ordering: .relaxed)) }

    /// How late the last one was, or the next one is already.
    var loopDelay: Duration { max(.nanoseconds(delay.load(ordering: .relaxed)), silence - .seconds(1)) }

    var isBlocked: Bool { silence > blockedAfter }

    /// What was put there last; not ready, where nobody renews it any more.
    var current: WorkerStatus {
        var status = status.withLock { $0 }
        if isBlocked {
            let seconds = silence.wholeMilliseconds / 1000
            status.findings.append(
                Readiness.Finding(.loopBlocked, "the event loop has not turned for \(seconds) s"))
        }
        return status
    }
}
