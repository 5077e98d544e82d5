internal import EventLoop

/// What is known of a partition that brings no records although the worker asks for them: is there nothing, or does it
/// no longer fetch?
///
/// A value: told the position and the partition's end now and then, it says what to do. Lag at an unchanged position for
/// `limit` is answered by one new assignment, and by giving up if that does not help.
struct FetchSilence: Hashable, Sendable {
    private var laggingSince: MonotonicTime?
    private var position: Int64?
    private var wasAssignedAnew = false
    /// It stood still, with lag, for longer than from one look to the next, and not because it has fetched all there is.
    private(set) var isConfirmed = false

    enum Action: Hashable, Sendable {
        case none
        case assignAnew
        case giveUp
    }

    /// - Parameters:
    ///   - position: the next offset to fetch.
    ///   - end: the last stable offset: a marker of a transaction at the end is no lag.
    ///   - fetchedEnd: the end as of the last fetch. If it is the same, what lies there may be nothing that is handed out.
    mutating func probed(
        position: Int64, end: Int64, fetchedEnd: Int64?, at time: MonotonicTime, limit: Duration
    ) -> Action {
        guard position < end else {
            self = FetchSilence()
            return .none
        }
        guard let since = laggingSince, self.position == position else {
            // A record came after all since the last look: it fetches.
            if self.position != position { wasAssignedAnew = false }
            laggingSince = time
            self.position = position
            isConfirmed = false
            return .none
        }
        isConfirmed = fetchedEnd != end
        guard time - since >= limit else { return .none }
        if wasAssignedAnew { return .giveUp }
        wasAssignedAnew = true
        laggingSince = time
        return .assignAnew
    }

    /// A record came: whatever was thought of it, it fetches.
    mutating func fetched() { self = FetchSilence() }

    /// Nothing can be said: the brokers do not tell the end.
    mutating func interrupted() {
        laggingSince = nil
        isConfirmed = false
    }
}
