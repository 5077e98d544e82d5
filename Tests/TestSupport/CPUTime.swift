internal import Foundation
internal import Glibc

/// CPU time that a process has used so far, all its threads together. The kernel counts in ticks of 10 ms.
package struct CPUTime: Equatable, Sendable {
    package let user: Duration
    package let system: Duration

    package var total: Duration { user + system }

    /// Nil if there is no such process.
    package init?(of pid: Int32) {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
        self.init(stat: String(decoding: data, as: UTF8.self), ticksPerSecond: sysconf(Int32(_SC_CLK_TCK)))
    }

    /// - Parameter stat: a line as proc(5) describes it. Its second field is the program's name in parentheses, which
    ///   may hold spaces and parentheses itself, so fields are counted from the last `)`.
    package init?(stat: String, ticksPerSecond: Int) {
        guard let nameEnd = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: nameEnd)...].split(separator: " ")
        // Fields 14 and 15 of the line; the first one after the name is 3.
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return nil }
        self.user = .seconds(user) / ticksPerSecond
        self.system = .seconds(system) / ticksPerSecond
    }
}
