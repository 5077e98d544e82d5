internal import Foundation
internal import Synchronization

/// A scriptable HTTP/1.1 server on loopback, on a thread of its own: each request is put to the handler, which says
/// what to do with it. For failures that a real server will not produce on demand.
package final class StubAPI: Sendable {
    package let port: Int
    package var url: String { "http://127.0.0.1:\(port)" }

    private let server: StubServer

    /// - Parameter greeting: sent to every connection before it asks for anything, to speak other protocols than HTTP.
    package init(greeting: String? = nil, handler: @escaping @Sendable (StubRequest) -> StubAction) {
        let server = StubServer(greeting: greeting, handler: handler)
        self.server = server
        port = server.port
        Thread.detachNewThread { server.run() }
    }

    deinit { stop() }

    /// All requests so far, in order of arrival.
    package var requests: [StubRequest] { server.record.withLock { $0.requests } }

    package var connectionCount: Int { server.record.withLock { $0.connections } }

    /// Closes all connections that are idle, as servers do after a while.
    package func closeConnections() { server.command { $0.closeAll() } }

    package func stop() { server.command { $0.isStopping = true } }

    /// Waits until `count` requests have arrived.
    package func waitForRequests(_ count: Int) async {
        await withCheckedContinuation { continuation in
            server.command { connections in
                connections.whenRequests(reach: count) { continuation.resume() }
            }
        }
    }

    /// A port of loopback on which nobody listens.
    package static func refusingPort() -> Int {
        let (socket, port) = LoopbackSocket.bound()
        close(socket)
        return port
    }
}
