internal import Glibc

/// Whole lines to the standard streams, at once.
enum Console {
    // Where the reader is gone, nobody is left to tell.
    static func printLine(_ line: String) { _ = write(Array(line.utf8), to: STDOUT_FILENO) }

    static func printError(_ line: String) { _ = write(Array(line.utf8), to: STDERR_FILENO) }

    /// - Returns: false where the reader is gone.
    static func printLine(bytes: [UInt8]) -> Bool { write(bytes, to: STDOUT_FILENO) }

    private static func write(_ line: [UInt8], to descriptor: Int32) -> Bool {
        var rest = (line + [UInt8(ascii: "\n")])[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// From sysexits.h, beside those that a `WorkerExit` brings.
enum ExitCode {
    static let usage: Int32 = 64
    static let fatal: Int32 = 70
    static let configuration: Int32 = 78
}
