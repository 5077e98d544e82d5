internal import Glibc

/// The other side of a `LoopbackConnection`: a server that does what a test makes it do, byte by byte.
package final class LoopbackListener {
    package let port: Int
    private let descriptor: Int32

    package init() { (descriptor, port) = LoopbackSocket.listening() }

    deinit { close(descriptor) }

    /// Waits for a client, if none is there yet, at most 10 seconds.
    package func accept() throws -> LoopbackConnection {
        var listener = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&listener, 1, 10_000) == 1, let socket = LoopbackSocket.accepted(from: descriptor) else {
            throw LoopbackConnection.Failure(call: "accept", code: errno)
        }
        return LoopbackConnection(descriptor: socket)
    }
}
