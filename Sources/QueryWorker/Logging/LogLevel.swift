/// How much a log line matters; `log.level` names the least that is written.
package enum LogLevel: UInt8, CaseIterable, Comparable, Sendable {
    case trace
    case debug
    case info
    case warning
    case error

    /// As in `log.level` and in the lines themselves.
    package var name: String { String(describing: self) }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
