package import EventLoop

/// One job, as the chain sees it: how it is cut short, how long it may take, and what it has cost.
///
/// Its clock runs from `begin()` to `end()`. It stands still while the job waits for its account or for WeChat as a
/// whole; a deadline of the job's own never does.
@EventLoopActor
package final class CallContext {
    /// For events, so that every line about a job names it.
    package nonisolated let job: JobName
    /// Pulled when the job's time is over, and by whoever runs the job when it is taken away.
    package nonisolated let interruption: Interruption
    /// The memory that the job takes, for its account's share.
    let bytes: Int
    /// Calls that count as the job's own: not those made again because a token was refused, the account was on hold, or
    /// WeChat could not be reached.
    package internal(set) var attempts = 0
    /// When the first call went out; nil before.
    package internal(set) var calledAt: MonotonicTime?
    /// When the job's time is over; later than it was, once the clock has stood still.
    package private(set) var deadline: MonotonicTime
    /// Holds of its account that began with this job, and that the calls of others ended.
    var holdsBegun = 0
    /// Tells a job whose time ended in a wait what it waited for.
    var lastFailure: APIFailure?

    private let clock: any LoopClock
    private let isFixed: Bool
    private var timer: LoopTimer?
    private var stoppedAt: MonotonicTime?

    package nonisolated var jobID: String { job.id }

    /// - Parameters:
    ///   - traceID: of the trace that the job is part of.
    ///   - limit: how long it may take from now on.
    ///   - isFixed: the limit comes from a deadline of the job's own.
    ///   - bytes: the memory that the job takes.
    package init(
        jobID: String, traceID: String? = nil, limit: Duration, isFixed: Bool = false, bytes: Int = 0,
        clock: any LoopClock, interruption: Interruption = Interruption()
    ) {
        job = JobName(id: jobID, traceID: traceID)
        self.isFixed = isFixed
        self.bytes = bytes
        self.clock = clock
        self.interruption = interruption
        deadline = clock.now + limit
    }

    package func begin() { setTimer() }

    package func end() { stopTimer() }

    func stopClock() {
        guard !isFixed, stoppedAt == nil else { return }
        stoppedAt = clock.now
        stopTimer()
    }

    func startClock() {
        guard let stoppedAt else { return }
        self.stoppedAt = nil
        deadline = deadline + (clock.now - stoppedAt)
        setTimer()
    }

    private func setTimer() {
        timer = clock.schedule(after: deadline - clock.now) { [interruption] in
            interruption.interrupt(.everything, cause: .deadline)
        }
    }

    private func stopTimer() {
        if let timer { clock.cancel(timer) }
        timer = nil
    }
}
