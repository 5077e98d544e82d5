internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// What one `query-worker bench` came to.
struct BenchProcess {
    let status: Int32
    /// Of standard output.
    let objects: [[String: Any]]
    /// Of standard error.
    let notices: String

    /// To its end, with its results for programs.
    static func run(_ arguments: [String]) async throws -> BenchProcess {
        try await withChildProcess(.product("query-worker"), arguments: ["bench", "--json"] + arguments) { process in
            let status = try await process.waitForExit(timeout: .seconds(60))
            let lines = process.lines(of: .standardOutput)
            let objects = try lines.map { line in
                try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            }
            return BenchProcess(
                status: status, objects: objects,
                notices: process.lines(of: .standardError).joined(separator: "\n"))
        }
    }

    /// The processes that a bench has started and that have not ended.
    static func children(of pid: Int32) -> [Int32] {
        let text = FileManager.default.contents(atPath: "/proc/\(pid)/task/\(pid)/children")
        return String(decoding: text ?? Data(), as: UTF8.self).split(separator: " ").compactMap { Int32($0) }
    }

    /// Waits for these to be gone, or to be nobody's but to be reaped.
    static func awaitEnd(of pids: [Int32]) {
        func isRunning(_ pid: Int32) -> Bool {
            let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat").map {
                String(decoding: $0, as: UTF8.self)
            }
            return stat.map { !$0.contains(") Z ") } ?? false
        }
        while pids.contains(where: isRunning) { usleep(5_000) }
    }
}
