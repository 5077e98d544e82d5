internal import Foundation
internal import Glibc
internal import QueryWorker

/// This program once more, with other arguments, beside the bench. It never outlives the bench, however that ends.
///
/// Belongs to the main thread: the kernel ends a child with the thread that started it.
final class BenchChild {
    let pid: Int32
    /// What it says on both of its streams.
    let logPath: String
    private let name: String
    private var status: Int32?

    /// - Parameter input: for its standard input.
    init(_ name: String, arguments: [String], input: String = "", folder: String) throws(BenchFailure) {
        self.name = name
        logPath = "\(folder)/\(name).log"
        let log = open(logPath, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0o600)
        var ends: [Int32] = [-1, -1]
        guard log >= 0, pipe(&ends) == 0 else {
            throw BenchFailure("can't start \(name): \(String(cString: strerror(errno))) (\(logPath))")
        }
        defer { close(log) }
        // The bench's own settings are in what it says to its children; what the environment says was taken in there.
        let environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("QUERY_WORKER_") }
        pid = BoundProcess.start(
            arguments: arguments, environment: environment.map { "\($0)=\($1)" }, input: ends[0], output: log)
        close(ends[0])
        defer { close(ends[1]) }
        guard pid > 0 else { throw BenchFailure("can't start \(name): \(String(cString: strerror(errno)))") }
        Self.write(Array(input.utf8)[...], to: ends[1])
    }

    /// As far as the child reads it: one that has ended says so itself.
    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { return }
            rest = rest.dropFirst(max(0, count))
        }
    }

    deinit { end(SIGKILL, patience: .seconds(5)) }

    /// Nil once it has ended.
    var use: ProcessUse? { exitCode == nil ? ProcessUse(of: pid) : nil }

    /// As shells count: 128 and the number of the signal that ended it. Nil while it runs.
    var exitCode: Int32? {
        if let status { return status }
        var raw: Int32 = 0
        guard pid > 0, waitpid(pid, &raw, WNOHANG) == pid else { return nil }
        // As WIFSIGNALED and WEXITSTATUS, which are macros and not imported.
        status = raw & 0x7f != 0 ? 128 + raw & 0x7f : (raw >> 8) & 0xff
        return status
    }

    /// The first line that begins so, of those that it has said.
    func line(beginning prefix: String) -> String? {
        said.split(separator: "\n").first { $0.hasPrefix(prefix) }.map(String.init)
    }

    /// For an error's text: that it ended, and what it said last.
    var obituary: BenchFailure {
        let lastLine = said.split(separator: "\n").last.map { "; its last words: \($0)" } ?? ""
        return BenchFailure("\(name) ended with \(exitCode ?? 0)\(lastLine)", exitCode: ExitCode.fatal)
    }

    private var said: String {
        FileManager.default.contents(atPath: logPath).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Asks by `signal`, and ends it by force where that does not help.
    func end(_ signal: Int32, patience: Duration) {
        guard pid > 0, exitCode == nil else { return }
        kill(pid, signal)
        let deadline = ContinuousClock.now + patience
        while exitCode == nil {
            if .now >= deadline { kill(pid, SIGKILL) }
            usleep(5_000)
        }
    }
}
