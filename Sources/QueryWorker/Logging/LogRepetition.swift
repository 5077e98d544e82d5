internal import EventLoop

/// Which lines are left out because their message comes again and again: after the first ten within ten seconds all others
/// are counted, and one line tells their number when the time is over.
///
/// A value: told of each line and of the time, it says what to write. As large as there are messages, which are part of the
/// program.
struct LogRepetition {
    static let most = 10
    static let period = Duration.seconds(10)

    /// Lines of one message that were not written.
    struct LeftOut: Hashable {
        let message: String
        /// The highest of theirs.
        let level: LogLevel
        let count: Int
    }

    private struct Window {
        let end: MonotonicTime
        var written = 0
        var leftOut: LeftOut?
    }

    private var windows: [String: Window] = [:]

    /// A line is about to be written.
    /// - Returns: whether it should be, and what was left out in the time before, which is to be told first.
    mutating func lineComes(
        _ message: String, _ level: LogLevel, at time: MonotonicTime
    ) -> (isWritten: Bool, before: LeftOut?) {
        var window = windows[message] ?? Window(end: time + Self.period)
        var before: LeftOut?
        if time >= window.end {
            before = window.leftOut
            window = Window(end: time + Self.period)
        }
        let isWritten = window.written < Self.most
        if isWritten {
            window.written += 1
        } else {
            let last = window.leftOut
            window.leftOut = LeftOut(
                message: message, level: max(level, last?.level ?? level), count: (last?.count ?? 0) + 1)
        }
        windows[message] = window
        return (isWritten, before)
    }

    /// What was left out in times that are over: for messages that do not come again.
    mutating func takeLeftOut(at time: MonotonicTime) -> [LeftOut] {
        let over = windows.filter { $0.value.end <= time }
        for message in over.keys { windows[message] = nil }
        return over.values.compactMap(\.leftOut).sorted { $0.message < $1.message }
    }
}
