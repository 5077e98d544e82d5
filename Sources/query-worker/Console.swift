internal import Glibc

/// Whole lines to the standard streams, at once.
enum Console {
    // Where the reader is gone, nobody is left to tell.
    static func printLine(_ line: String) { _ = write(Array(line.utf8), to: STDOUT_FILENO) }

    static func printError(_ line: String) { _ = write(Array(line.utf8), to: STDERR_FILENO) }

    /// - Returns: `errno` if it could not be written; `EPIPE` where the reader is gone.
    static func printLine(bytes: [UInt8]) -> Int32? { write(bytes, to: STDOUT_FILENO) }

    /// In place of what the current line of a terminal shows.
    static func printProgress(_ text: String) {
        _ = write(Array("\r\(text)\u{1B}[K".utf8), end: [], to: STDERR_FILENO)
    }

    private static func write(_ line: [UInt8], end: [UInt8] = [UInt8(ascii: "\n")], to descriptor: Int32) -> Int32? {
        var rest = (line + end)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Somebody made it non-blocking, and reads more slowly than this writes.
                var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&writable, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}

/// From sysexits.h, beside those that a `WorkerExit` brings.
enum ExitCode {
    static let usage: Int32 = 64
    static let fatal: Int32 = 70
    static let configuration: Int32 = 78
}
