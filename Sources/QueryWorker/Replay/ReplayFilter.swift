package import EventLoop

/// Which dead letters are to be replayed: those that satisfy all that is set.
package struct ReplayFilter: Hashable, Sendable {
    /// By the time at which the record became a dead letter; that time is included.
    package var since: WallTime?
    /// Not included.
    package var until: WallTime?
    /// Of the job topic, where the record came from; empty: all.
    package var partitions: Set<Int32> = []
    /// Part of the message that says why it is no job, in the same case.
    package var error: String?

    package init() {}

    /// A dead letter whose broker gives no time passes no limit of time.
    package func matches(_ letter: StoredDeadLetter) -> Bool {
        if let since, (letter.time ?? WallTime(millisecondsSince1970: .min)) < since { return false }
        if let until, (letter.time ?? WallTime(millisecondsSince1970: .max)) >= until { return false }
        if !partitions.isEmpty, !partitions.contains(letter.source.partition) { return false }
        if let error, !letter.reason.contains(error) { return false }
        return true
    }
}
