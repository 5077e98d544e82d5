internal import Glibc
internal import Synchronization

/// The thread of a `TCPProxy`, around `poll`. Other threads change its state under the lock, and wake it by a byte.
final class TCPProxyServer: Sendable {
    let port: Int
    private let listener: Int32
    private let wakeReader: Int32
    private let wakeWriter: Int32
    private let state: Mutex<TCPProxyState>

    init(target: Int, wireProtocol: TCPProxy.WireProtocol) {
        (listener, port) = LoopbackSocket.listening()
        (wakeReader, wakeWriter) = LoopbackSocket.pair()
        state = Mutex(TCPProxyState(target: target, wireProtocol: wireProtocol))
    }

    deinit {
        close(wakeReader)
        close(wakeWriter)
    }

    func read<Result: Sendable>(_ body: (TCPProxyState) -> Result) -> Result { state.withLock { body($0) } }

    /// What `body` sets holds for all that is read from a socket after this call.
    func change(_ body: (inout TCPProxyState) -> Void) {
        state.withLock { body(&$0) }
        var byte: UInt8 = 1
        // If there is no room for it, enough of them are waiting.
        write(wakeWriter, &byte, 1)
    }

    func run() {
        while let (descriptors, milliseconds) = prepare() {
            var watched = descriptors
            guard poll(&watched, nfds_t(watched.count), milliseconds) > 0 else { continue }
            if watched[1].revents != 0 {
                var bytes = [UInt8](repeating: 0, count: 4096)
                Glibc.read(wakeReader, &bytes, bytes.count)
            }
            state.withLock { state in
                for entry in watched.dropFirst(2) where entry.revents != 0 { state.ready(entry, at: .now) }
                if watched[0].revents != 0 { state.accept(from: listener) }
            }
        }
        close(listener)
    }

    /// Sends what is due, and says what to wait for; nil once the proxy is stopped.
    private func prepare() -> (descriptors: [pollfd], milliseconds: Int32)? {
        state.withLock { state in
            if state.isStopped { return nil }
            let now = ContinuousClock.now
            state.advance(to: now)
            var watched = [listener, wakeReader].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            watched += state.pollDescriptors(at: now)
            // Rounded up: with 0 it would spin through the last millisecond.
            let milliseconds = state.pollTime(at: now).map { ($0 / .milliseconds(1)).rounded(.up) }
            return (watched, milliseconds.map { Int32($0) } ?? -1)
        }
    }
}
