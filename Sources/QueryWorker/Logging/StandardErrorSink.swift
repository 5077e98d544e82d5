internal import Glibc

/// Writes to standard error, each call with one `write`, so that lines of several threads do not mix. Blocks where the reader
/// stalls: `LogThread` is for those who must not.
package struct StandardErrorSink: LogSink {
    package init() {}

    package func write(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(STDERR_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if errno != EINTR {
                    // Nobody reads, or a non-blocking pipe is full. Losing a line beats stopping the worker for it.
                    return
                }
            }
        }
    }
}
