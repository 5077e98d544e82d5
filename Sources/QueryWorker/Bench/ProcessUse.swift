internal import Foundation
internal import Glibc

/// What a process has used so far, all its threads together, by what the kernel says of it.
package struct ProcessUse: Sendable, Hashable {
    /// In seconds; the kernel counts in ticks of 10 ms.
    package var user = 0.0
    package var system = 0.0
    /// The most memory it ever had resident.
    package var peakBytes = 0

    package var cpu: Double { user + system }

    /// Nil if there is no such process.
    package init?(of pid: Int32) {
        func text(_ name: String) -> String? {
            FileManager.default.contents(atPath: "/proc/\(pid)/\(name)").map { String(decoding: $0, as: UTF8.self) }
        }
        guard let stat = text("stat"), let status = text("status") else { return nil }
        self.init(stat: stat, status: status, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// - Parameters: as proc(5) describes them. The program's name in `stat` is in parentheses and may hold some itself.
    package init?(stat: String, status: String, ticksPerSecond: Double) {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]),
            let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        self.user = user / ticksPerSecond
        self.system = system / ticksPerSecond
        peakBytes = kibibytes * 1024
    }

    /// Processes together: their time adds up; the memory is the largest one's.
    package static func + (one: Self, other: Self) -> Self {
        var sum = one
        sum.user += other.user
        sum.system += other.system
        sum.peakBytes = max(one.peakBytes, other.peakBytes)
        return sum
    }
}
