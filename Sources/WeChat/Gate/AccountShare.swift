internal import EventLoop

/// How many jobs one account of several may hold.
///
/// At its limit an account that is quick keeps the worker from taking more jobs, for a moment, as a single account does.
/// One that is slow, or on hold, would do so for long, at the cost of all others: its further jobs are refused instead.
struct AccountShare: Equatable {
    enum Mode: Equatable {
        case room
        /// At its limit; whether it is slow is not known yet, or it is not.
        case full
        /// Takes longer for what it holds than the others should wait.
        case slow
    }

    /// What an account holds at its limit should take no longer.
    static let patience = Duration.seconds(5)

    let limit: Int
    private(set) var held = 0
    private(set) var mode = Mode.room
    private var fullTicks = 0
    private var (endedThisSecond, endedLastSecond) = (0, 0)

    init(limit: Int) { self.limit = limit }

    var refuses: Bool { mode == .slow && held >= limit }

    mutating func jobBegan(isOnHold: Bool) {
        held += 1
        guard held >= limit, mode == .room else { return }
        mode = isOnHold ? .slow : .full
        fullTicks = 0
        // What ended in a time without ticks tells nothing of a second.
        (endedThisSecond, endedLastSecond) = (0, 0)
    }

    mutating func jobEnded() {
        held -= 1
        endedThisSecond += 1
        if mode == .full, held < limit { mode = .room }
        if mode == .slow, held < limit / 2 { mode = .room }
    }

    /// Once a second. Nothing ends while WeChat cannot be reached, and that is no account's fault.
    mutating func tick(isOnHold: Bool, isHostDown: Bool) {
        defer { (endedLastSecond, endedThisSecond) = (endedThisSecond, 0) }
        if isHostDown {
            fullTicks = 0
            return
        }
        let perSecond = max(endedLastSecond, endedThisSecond)
        let isSlow = isOnHold || Duration.seconds(1) * held > Self.patience * perSecond
        switch mode {
        case .room: break
        case .full:
            // A first second tells little: nothing may have had the time to end.
            fullTicks += 1
            if isSlow, isOnHold || fullTicks > 1 { mode = .slow }
        case .slow:
            if !isSlow { mode = held >= limit ? .full : .room }
        }
    }
}
