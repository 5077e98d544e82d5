internal import EventLoop

/// How many jobs one account of several may hold.
///
/// At its limit an account that is quick keeps the worker from taking more jobs, for a moment, as a single account does.
/// One whose jobs are stuck, since it is on hold, slow, or beyond its rate, would do so for long, at the cost of all
/// others: its further jobs are refused instead. All that are stuck share what is left to them; see `StuckJobs`.
struct AccountShare: Equatable {
    enum Mode: Equatable {
        case room
        /// At its limit; whether it is stuck is not known yet, or it is not.
        case full
        /// Stuck, and at its limit since, or refused a job for what all such accounts hold.
        case slow
    }

    /// What `tick` is told of the second that has passed.
    struct Signs {
        /// Its jobs wait at its own gate: for the end of a hold, for a ramp or for its rate.
        var isHeldUp = false
        /// Nothing ends while WeChat cannot be reached, and that is no account's fault.
        var isHostDown = false
        var pace = CallPace()
        var paceOfOthers = CallPace()
    }

    /// What an account holds should take no longer.
    static let patience = Duration.seconds(5)

    let limit: JobLoad
    private(set) var held = JobLoad()
    private(set) var mode = Mode.room
    private(set) var isStuck = false
    private var slowTicks = 0
    private var (endedThisSecond, endedLastSecond) = (0, 0)

    init(limit: JobLoad) { self.limit = limit }

    mutating func jobBegan(bytes: Int, isHeldUp: Bool) {
        held += JobLoad(jobs: 1, bytes: bytes)
        if isHeldUp { isStuck = true }
        guard mode == .room, held.reaches(limit) else { return }
        mode = isStuck ? .slow : .full
    }

    /// The account may hold no more, although it is below its limit perhaps.
    mutating func jobRefused(isHeldUp: Bool) {
        if isHeldUp { isStuck = true }
        if isStuck { mode = .slow }
    }

    mutating func jobEnded(bytes: Int) {
        held -= JobLoad(jobs: 1, bytes: bytes)
        endedThisSecond += 1
        if mode == .full, !held.reaches(limit) { mode = .room }
    }

    /// The next tick is a second away. What ended in a time without ticks tells nothing of a second.
    mutating func ticksBegin() {
        slowTicks = 0
        (endedThisSecond, endedLastSecond) = (0, 0)
    }

    /// Once a second.
    /// - Returns: jobs that ended in it.
    @discardableResult
    mutating func tick(_ signs: Signs) -> Int {
        let ended = endedThisSecond
        defer { (endedLastSecond, endedThisSecond) = (ended, 0) }
        if signs.isHostDown {
            slowTicks = 0
            return ended
        }
        let perSecond = max(endedLastSecond, ended)
        let isSlow = Duration.seconds(1) * held.jobs > Self.patience * perSecond || isSlowerThanOthers(signs)
        slowTicks = isSlow ? slowTicks + 1 : 0
        // A first second tells little: nothing may have had the time to end.
        isStuck = signs.isHeldUp || slowTicks > 1 || isStuck && isSlow
        switch mode {
        case .room: break
        case .full: if isStuck { mode = .slow }
        case .slow: if !isStuck { mode = held.reaches(limit) ? .full : .room }
        }
        return ended
    }

    /// Holds up the others although what it holds is done soon.
    private func isSlowerThanOthers(_ signs: Signs) -> Bool {
        let (own, others) = (signs.pace, signs.paceOfOthers)
        guard held.reaches(limit / 2), own.calls > 0, others.calls >= 8 else { return false }
        let tolerated = others.time / others.calls * (mode == .slow ? 1.5 : 2) + .milliseconds(10)
        return own.time / own.calls > tolerated
    }
}
