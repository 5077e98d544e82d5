internal import Foundation

/// A proxy on loopback, between a client and a server of a test, with a thread of its own: forwards until it is told to
/// fail in one way or another.
///
/// Callable from any thread. What a control sets holds for all connections, those to come too, and for every byte that
/// is sent after the call has returned. The end of a connection and its reset are passed on like bytes.
package final class TCPProxy: Sendable {
    package enum WireProtocol: Sendable {
        /// Bytes are not looked at.
        case any
        /// Frames are told apart, so that single requests and responses can be dropped.
        case kafka
    }

    package struct TooFewDrops: Error {
        package let drops: Int
        package let expected: Int
    }

    package let port: Int
    private let server: TCPProxyServer

    /// - Parameter target: the server's port on loopback. A connection is reset if nobody listens there when it is made.
    package init(to target: Int, protocol wireProtocol: WireProtocol = .any) {
        let server = TCPProxyServer(target: target, wireProtocol: wireProtocol)
        self.server = server
        port = server.port
        Thread.detachNewThread { server.run() }
    }

    deinit { stop() }

    /// Resets all connections, and listens no more.
    package func stop() { server.change { $0.stop() } }

    /// Resets all connections; new ones are welcome.
    package func cutConnections() { server.change { $0.cutConnections() } }

    // MARK: Refusing

    /// Resets all connections, and every new one at once, until `accept()`.
    package func refuse() {
        server.change { state in
            state.isRefusing = true
            state.cutConnections()
        }
    }

    package func accept() { server.change { $0.isRefusing = false } }

    package var isRefusing: Bool { server.read { $0.isRefusing } }

    // MARK: Slowness

    /// Holds all bytes that long, in each direction: a round trip takes twice as long. Zero ends it.
    package func delay(_ duration: Duration) { server.change { $0.delay = duration } }

    /// Forwards nothing until `unstall()`, as a network does that has lost its way: connections stay open, new ones can
    /// be made, and the sender is held up once 1 MiB waits.
    package func stall() { server.change { $0.isStalled = true } }

    package func unstall() { server.change { $0.isStalled = false } }

    // MARK: Dropping, with `protocol: .kafka`

    /// Swallows the response to each of the next `count` requests with that key (nil: to all), and forwards the rest,
    /// responses to earlier requests among them. The broker has done what was asked for; its client does not learn of it.
    package func dropResponses(ofAPIKey apiKey: Int16, count: Int? = nil) {
        server.change { $0.drop(.response, apiKey: apiKey, count: count) }
    }

    /// Swallows the next `count` requests with that key (nil: all), and forwards the rest. The broker never sees them.
    package func dropRequests(ofAPIKey apiKey: Int16, count: Int? = nil) {
        server.change { $0.drop(.request, apiKey: apiKey, count: count) }
    }

    /// Forwards all requests from now on, with their responses.
    package func stopDropping() { server.change { $0.rules.removeAll() } }

    /// Requests and responses swallowed since the proxy was made.
    package var drops: Int { server.read { $0.rules.drops } }

    /// Waits until `drops` is `count` or more.
    /// - Throws: `TooFewDrops` at the time limit, or if the proxy stops before.
    package func waitForDrops(_ count: Int, timeout: Duration = .seconds(20)) async throws {
        try await withCheckedThrowingContinuation { continuation in
            server.change { $0.waitForDrops(count, until: .now + timeout, continuation) }
        }
    }
}
