internal import Glibc

/// Whole lines to the standard streams, at once.
enum Console {
    static func printLine(_ line: String) { write(line, to: STDOUT_FILENO) }

    static func printError(_ line: String) { write(line, to: STDERR_FILENO) }

    /// In place of what the current line of a terminal shows.
    static func printProgress(_ text: String) { write("\r\(text)\u{1B}[K", end: "", to: STDERR_FILENO) }

    private static func write(_ line: String, end: String = "\n", to descriptor: Int32) {
        var rest = Array((line + end).utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            // The reader is gone: nobody is left to tell.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// From sysexits.h, beside those that a `WorkerExit` brings.
enum ExitCode {
    static let usage: Int32 = 64
    static let fatal: Int32 = 70
    static let configuration: Int32 = 78
}
