internal import EventLoop

/// How many jobs one account of several may hold.
///
/// At its limit an account that works keeps the worker from taking more jobs, for a moment, as a single account does. One
/// that is on hold, beyond its rate, or slow, would do so for long, at the cost of all others: its jobs are stuck, and
/// further ones are refused instead. All that are stuck share what is left to them; see `StuckJobs`.
struct AccountShare: Equatable {
    enum Mode: Equatable {
        case room
        /// At its limit; whether it is stuck is not known yet, or it is not.
        case full
        /// Stuck, and at its limit since: further jobs are refused.
        case refusing
    }

    /// What `tick` is told of the second that has passed.
    struct Signs {
        /// Its jobs wait at its own gate: for the end of a hold, for a ramp or for its rate.
        var isHeldUp = false
        /// No call begins, or none ends, for a reason that is no account's.
        var isExcused = false
        /// What its calls take.
        var pace = CallPace()
        /// What calls take of accounts that work; nil if there is no other to compare with.
        var usual: Duration?
    }

    /// Seconds in which none of the jobs ends of an account that holds much, until it counts as stuck.
    private static let patience = 5

    let limit: JobLoad
    private(set) var held = JobLoad()
    private(set) var mode = Mode.room
    private(set) var isStuck = false
    /// It is stuck because its jobs wait at its own gate.
    private(set) var isHeldUp = false
    /// Its calls are known to take no longer than those of others.
    private(set) var isQuick = false
    private var slowTicks = 0
    private var quietTicks = 0
    private var hasEnded = false

    init(limit: JobLoad) { self.limit = limit }

    mutating func jobBegan(bytes: Int, isHeldUp: Bool) {
        held += JobLoad(jobs: 1, bytes: bytes)
        if isHeldUp { (self.isHeldUp, isStuck) = (true, true) }
        if mode == .room, held.reaches(limit) { mode = isStuck ? .refusing : .full }
    }

    mutating func jobEnded(bytes: Int) {
        held -= JobLoad(jobs: 1, bytes: bytes)
        hasEnded = true
        if mode == .full, !held.reaches(limit) { mode = .room }
    }

    /// Its gate is open again. Whether its calls are slow, the next seconds tell.
    mutating func wasFreed() {
        isHeldUp = false
        setStuck(false)
    }

    /// Once a second.
    mutating func tick(_ signs: Signs) {
        let holdsMuch = held.jobs > 0 && held.reaches(limit.half)
        quietTicks = hasEnded || signs.isExcused || signs.isHeldUp || !holdsMuch ? 0 : quietTicks + 1
        hasEnded = false
        let isSlow = holdsMuch && !signs.isExcused && isSlower(signs)
        slowTicks = isSlow ? slowTicks + 1 : 0
        isQuick = quietTicks == 0 && signs.pace.calls > 0 && signs.usual != nil && !isSlow
        // One second tells little.
        let isKnownSlow = slowTicks > 1 || isSlow && isStuck || quietTicks >= Self.patience
        isHeldUp = held.jobs > 0 && signs.isHeldUp
        setStuck(isHeldUp || held.jobs > 0 && isKnownSlow)
    }

    private mutating func setStuck(_ isStuck: Bool) {
        self.isStuck = isStuck
        switch mode {
        case .room: break
        case .full: if isStuck { mode = .refusing }
        case .refusing: if !isStuck { mode = held.reaches(limit) ? .full : .room }
        }
    }

    private func isSlower(_ signs: Signs) -> Bool {
        guard let usual = signs.usual, signs.pace.calls > 0 else { return false }
        return signs.pace.time / signs.pace.calls > usual * (mode == .refusing ? 1.5 : 2) + .milliseconds(10)
    }
}
