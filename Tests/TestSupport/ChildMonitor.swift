internal import Dispatch
internal import Foundation
internal import Glibc
internal import Synchronization

/// What is known about a running child, and who waits for what. Fed by a thread of its own, which reads the child's
/// streams until they end and then reaps it; that thread holds the monitor, never the `ChildProcess`.
final class ChildMonitor: Sendable {
    typealias Line = ChildProcess.Line

    /// What a wait may be interested in.
    enum Occurrence {
        case line(Line)
        case exited(Int32)
        case timedOut
    }

    private struct State: ~Copyable {
        var output = ChildOutput()
        var status: Int32?
        var isReaped = false
        var waits: [Int: @Sendable (Occurrence, [String]) -> Bool] = [:]
        var nextWait = 0

        var lastLines: [String] { output.lines.suffix(20).map(\.text) }

        mutating func settle(_ occurrence: Occurrence) {
            for (key, settle) in waits where settle(occurrence, lastLines) { waits[key] = nil }
        }
    }

    private let pid: Int32
    private let state = Mutex(State())

    init(pid: Int32) { self.pid = pid }

    var lines: [Line] { state.withLock { Array($0.output.lines) } }

    var status: Int32? { state.withLock { $0.status } }

    /// Does nothing once the child is reaped: its number may belong to another process by then.
    func signal(_ number: Int32) {
        state.withLock { state in if !state.isReaped { kill(pid, number) } }
    }

    // MARK: Waiting

    /// Calls `settle` for each line that was printed and will be, for the exit, and at the time limit, until it answers
    /// true; with the last lines for an error's text. Called under the lock: it only resumes a continuation.
    func wait(atMost limit: Duration, settle: @escaping @Sendable (Occurrence, [String]) -> Bool) {
        let key: Int? = state.withLock { state in
            for line in state.output.lines where settle(.line(line), []) { return nil }
            if let status = state.status, settle(.exited(status), state.lastLines) { return nil }
            state.nextWait += 1
            state.waits[state.nextWait] = settle
            return state.nextWait
        }
        guard let key else { return }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit.inDispatchTime) {
            self.state.withLock { state in
                guard let settle = state.waits.removeValue(forKey: key) else { return }
                _ = settle(.timedOut, state.lastLines)
            }
        }
    }

    // MARK: The thread

    /// Reads until both streams have ended, then reaps the child. Takes over the descriptors.
    func watch(standardOutput: Int32, standardError: Int32, log: Int32) {
        Thread.detachNewThread {
            self.read([(.standardOutput, standardOutput), (.standardError, standardError)], log: log)
            for descriptor in [standardOutput, standardError, log] { close(descriptor) }
            self.reap()
        }
    }

    private func read(_ streams: [(ChildProcess.Stream, Int32)], log: Int32) {
        var polled = streams.map { pollfd(fd: $0.1, events: Int16(POLLIN), revents: 0) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 1)
        defer { buffer.deallocate() }
        while polled.contains(where: { $0.fd >= 0 }) {
            _ = poll(&polled, nfds_t(polled.count), -1)
            for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = Glibc.read(polled[index].fd, buffer.baseAddress, buffer.count)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 { polled[index].fd = -1 }  // poll skips negative descriptors
                let bytes = UnsafeRawBufferPointer(rebasing: buffer.prefix(max(0, count)))
                _ = write(log, bytes.baseAddress, bytes.count)
                take(bytes, from: streams[index].0)
            }
        }
    }

    /// No bytes: the stream has ended.
    private func take(_ bytes: UnsafeRawBufferPointer, from stream: ChildProcess.Stream) {
        state.withLock { state in
            var lines = state.output.append(bytes, from: stream)
            if bytes.isEmpty, let last = state.output.finish(stream) { lines.append(last) }
            for line in lines { state.settle(.line(line)) }
        }
    }

    private func reap() {
        // Waits without reaping, so that the lock is not held meanwhile and `signal` cannot meet a reused number.
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
        state.withLock { state in
            var raw: Int32 = 0
            waitpid(pid, &raw, 0)
            state.isReaped = true
            // As WIFSIGNALED and WEXITSTATUS, which are macros and not imported.
            let status = raw & 0x7f != 0 ? 128 + raw & 0x7f : (raw >> 8) & 0xff
            state.status = status
            state.settle(.exited(status))
        }
    }
}

extension Duration {
    fileprivate var inDispatchTime: DispatchTimeInterval {
        .nanoseconds(Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000))
    }
}
