internal import Foundation
internal import Glibc

/// A program that runs beside a test: started, watched, signalled, and never left behind.
///
/// Life: `withChildProcess` starts it, hands it to the body, kills it and waits for its end. All that it prints is kept
/// (the last 20,000 lines or more), and written to `logPath` for a look after a failure.
/// Callable from any thread or actor. Waits are woken by the program's output and exit, never by polling.
package final class ChildProcess: Sendable {
    package enum Executable: Sendable {
        /// An executable of this package, such as `query-worker`.
        case product(String)
        case path(String)
    }

    package enum Stream: Sendable {
        case standardOutput
        case standardError
    }

    package struct Line: Sendable {
        /// Counts the lines of both streams, from 0, in the order in which they were read: exact within a stream.
        package let number: Int
        package let stream: Stream
        package let text: String
    }

    package let pid: Int32
    /// What both streams said, byte for byte.
    package let logPath: String
    private let monitor: ChildMonitor

    /// - Parameter environment: added to the test's own, from which the worker's variables (`QUERY_WORKER_…`) are taken
    ///   out, so that a developer's settings do not change what a test means.
    package init(
        _ executable: Executable, arguments: [String] = [], environment: [String: String] = [:]
    ) throws(ChildProcessError) {
        let path =
            switch executable {
            case .product(let name): try BuildProducts.executable(named: name)
            case .path(let path): path
            }
        let inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("QUERY_WORKER_") }
        let spawned = try ChildSpawn(
            path: path, arguments: arguments, environment: inherited.merging(environment) { $1 })
        pid = spawned.pid
        logPath = "\(BuildProducts.logFolder)/\((path as NSString).lastPathComponent)-\(pid).log"
        monitor = ChildMonitor(pid: pid)
        let log = open(logPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        monitor.watch(standardOutput: spawned.standardOutput, standardError: spawned.standardError, log: log)
    }

    deinit { monitor.signal(SIGKILL) }

    // MARK: Looking

    package var lines: [Line] { monitor.lines }

    package func lines(of stream: Stream) -> [String] {
        lines.filter { $0.stream == stream }.map(\.text)
    }

    package var isRunning: Bool { monitor.status == nil }

    // MARK: Signals. Each does nothing once the process has ended.

    package func send(signal: Int32) { monitor.signal(signal) }

    /// SIGTERM: asks it to drain and leave.
    package func terminate() { send(signal: SIGTERM) }

    /// SIGKILL: a crash, as its brokers and peers see it.
    package func kill() { send(signal: SIGKILL) }

    /// SIGSTOP: hangs it, connections open, until `resume()`.
    package func suspend() { send(signal: SIGSTOP) }

    package func resume() { send(signal: SIGCONT) }

    // MARK: Waiting

    /// The first line that contains `text`, among those printed before this call too.
    ///
    /// - Parameter start: number of the first line that counts: for a second occurrence, the first one's plus 1.
    /// - Throws: if the process ends without such a line, or at the time limit.
    @discardableResult
    package func waitForLine(
        containing text: String, in stream: Stream? = nil, from start: Int = 0, timeout: Duration = .seconds(20)
    ) async throws(ChildProcessError) -> Line {
        let expected = "line containing \"\(text)\""
        return try await occurrence { [monitor] settled in
            monitor.wait(atMost: timeout) { occurrence, lastLines in
                switch occurrence {
                case .line(let line):
                    guard line.number >= start, stream == nil || line.stream == stream, line.text.contains(text) else {
                        return false
                    }
                    settled.resume(returning: .success(line))
                case .exited(let status):
                    settled.resume(
                        returning: .failure(.exited(status: status, expected: "a " + expected, lastLines: lastLines)))
                case .timedOut:
                    settled.resume(
                        returning: .failure(.timedOut(expected: expected, limit: timeout, lastLines: lastLines)))
                }
                return true
            }
        }
    }

    /// The exit status, or 128 plus the number of the signal that ended it, as shells have it. All output is in `lines`
    /// by then: the end counts once its streams are closed too.
    @discardableResult
    package func waitForExit(timeout: Duration = .seconds(60)) async throws(ChildProcessError) -> Int32 {
        try await occurrence { [monitor] settled in
            monitor.wait(atMost: timeout) { occurrence, lastLines in
                switch occurrence {
                case .line: return false
                case .exited(let status): settled.resume(returning: .success(status))
                case .timedOut:
                    settled.resume(
                        returning: .failure(.timedOut(expected: "exit", limit: timeout, lastLines: lastLines)))
                }
                return true
            }
        }
    }

    private typealias Settled<Value> = CheckedContinuation<Result<Value, ChildProcessError>, Never>

    private func occurrence<Value: Sendable>(
        _ begin: (Settled<Value>) -> Void
    ) async throws(ChildProcessError) -> Value {
        try await withCheckedContinuation(begin).get()
    }
}

/// Runs a program for as long as `body` takes, then kills it if it still runs and waits until it is gone.
@discardableResult
package func withChildProcess<Result>(
    _ executable: ChildProcess.Executable, arguments: [String] = [], environment: [String: String] = [:],
    _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
    let process = try ChildProcess(executable, arguments: arguments, environment: environment)
    let result: Result
    do { result = try await body(process) } catch {
        process.kill()
        try await process.waitForExit()
        throw error
    }
    process.kill()
    try await process.waitForExit()
    return result
}
