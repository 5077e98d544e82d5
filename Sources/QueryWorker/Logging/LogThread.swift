internal import Dispatch
internal import EventLoop
internal import Glibc
internal import Synchronization

/// Hands lines to a sink on a thread of its own: whoever logs never waits for a reader that stalls, nor for a full disk.
///
/// Lines wait in memory meanwhile, up to a limit; what is over is dropped, and counted. The thread lives as long as the
/// process, at whose end `drain` must be called.
package final class LogThread: LogSink {
    /// To standard error.
    package static let standardError = LogThread(to: StandardErrorSink())

    /// Some thousands of lines.
    static let limit = 1 << 20

    private struct State {
        var waiting: [UInt8] = []
        var isWriting = false
        var dropped = 0
    }

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)

    /// - Parameter sink: may block. It is given several lines at once where they come faster than it takes them.
    init(to sink: any LogSink) {
        startThread(named: "log") { [self] in
            while true {
                work.wait()
                let lines = state.withLock { state in
                    state.isWriting = true
                    defer { state.waiting = [] }
                    return state.waiting
                }
                sink.write(lines)
                state.withLock { $0.isWriting = false }
            }
        }
    }

    package func write(_ line: [UInt8]) {
        let mustWake = state.withLock { state in
            guard state.waiting.count + line.count <= Self.limit else {
                state.dropped += 1
                return false
            }
            state.waiting += line
            return state.waiting.count == line.count
        }
        if mustWake { work.signal() }
    }

    package var droppedCount: Int { state.withLock { $0.dropped } }

    /// Waits until all is written, or for `limit`.
    package func drain(within limit: Duration) {
        let deadline = MonotonicTime.current + limit
        while MonotonicTime.current < deadline, state.withLock({ $0.isWriting || !$0.waiting.isEmpty }) {
            // Once, at the process's end: not worth a condition that every line would have to look at.
            usleep(1_000)
        }
    }
}
