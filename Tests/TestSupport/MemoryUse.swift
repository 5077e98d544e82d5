internal import Foundation

/// Memory that a process has resident, in bytes: now, and at its highest.
package struct MemoryUse: Equatable, Sendable {
    package let now: Int
    package let peak: Int

    /// Nil if there is no such process.
    package init?(of pid: Int32) {
        guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/status") else { return nil }
        self.init(status: String(decoding: data, as: UTF8.self))
    }

    /// - Parameter status: as proc(5) describes it: `VmHWM:     1234 kB` and `VmRSS:` are among its lines.
    package init?(status: String) {
        func bytes(_ name: String) -> Int? {
            let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
            return line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
                .map { $0 * 1024 }
        }
        guard let now = bytes("VmRSS"), let peak = bytes("VmHWM") else { return nil }
        self.now = now
        self.peak = peak
    }
}
