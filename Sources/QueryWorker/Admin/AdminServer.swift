internal import EventLoop
package import HTTP

/// The admin port: probes, metrics, and the status page with its data. It reads from the board, never from the loop, so that
/// it answers whatever the loop does.
package final class AdminServer: Sendable {
    /// Probes, a scraper, some people. Everybody else must not take the worker's memory and descriptors: nothing is read that a
    /// request for a page does not have.
    private static let limits = HTTPServer.Limits(connections: 64, idleSeconds: 10, body: 1024)

    /// The address it listens on.
    package let address: AdminAddress
    private let server: HTTPServer

    /// - Returns: nil where the operator wants none, or where none of the ports that are tried unasked is free; `warning` is
    ///   told of the latter.
    package static func start(
        _ listen: AdminListen, board: StatusBoard, warning: (String) -> Void
    ) throws(HTTPServerError) -> AdminServer? {
        switch listen {
        case .off: return nil
        case .address(let address): return try AdminServer(address, board)
        case .automatic:
            for address in AdminAddress.automatic {
                do throws(HTTPServerError) { return try AdminServer(address, board) } catch {
                    guard case .addressInUse = error else { throw error }
                }
            }
            let ports = AdminAddress.automatic.map(\.port)
            warning(
                "no admin port: \(ports.min() ?? 0) to \(ports.max() ?? 0) of \(AdminAddress.first.host) are in use; set "
                    + "admin.listen to a free address, or to nothing")
            return nil
        }
    }

    private init(_ address: AdminAddress, _ board: StatusBoard) throws(HTTPServerError) {
        server = try HTTPServer(host: address.host, port: address.port, limits: Self.limits) { request, responder in
            responder.respond(AdminPages(board: board, isLoopback: address.isLoopback).answer(request))
        }
        self.address = AdminAddress(host: address.host, port: server.port)
    }

    package func stop() { server.stop() }
}
