internal import Glibc

/// An HTTP/1.1 server on a thread of its own, for the few endpoints of a process: whole bodies in, whole bodies out.
///
/// Life of a request: its body is read to the end (up to the limit, else it is answered with 413); `handler`
/// is called on the server's thread, and must not block it; the responder answers at once, or later from any thread.
/// Listens from `init` until `stop()` or the end of the object.
package final class HTTPServer: Sendable {
    package typealias Handler = @Sendable (HTTPServerRequest, HTTPServerResponder) -> Void

    /// What clients may take of the process.
    package struct Limits: Sendable {
        /// Further ones wait until another is closed.
        package var connections: UInt32
        /// After which a connection that says nothing is closed.
        package var idleSeconds: UInt32
        /// In bytes; one that is much longer is not read to its end.
        package var body: Int

        package init(connections: UInt32 = 4096, idleSeconds: UInt32 = 180, body: Int = 1 << 20) {
            self.connections = connections
            self.idleSeconds = idleSeconds
            self.body = body
        }
    }

    /// The port it listens on, also when any was asked for.
    package let port: UInt16

    private let daemon: HTTPServerDaemon

    /// - Parameters:
    ///   - host: an IPv4 or IPv6 address of this machine, or a name for one.
    ///   - port: 0 takes any free one.
    package init(
        host: String, port: UInt16, limits: Limits = Limits(), handler: @escaping Handler
    ) throws(HTTPServerError) {
        let socket = try HTTPServerSocket(host: host, port: port)
        self.port = socket.port
        daemon = try HTTPServerDaemon(socket: socket, limits: limits, handler: handler)
    }

    deinit { daemon.stop() }

    /// Closes the listener and every connection; requests not answered yet see theirs end. Returns when no handler
    /// runs any more, unless it is called by a handler.
    package func stop() { daemon.stop() }
}
