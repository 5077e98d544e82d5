internal import Glibc

/// A port of loopback, kept for a program that listens there, stops, and starts again.
///
/// While the program is away nobody else gets the port. Otherwise a client that tries to reconnect may be given that very
/// number for its own end, and so connect to itself.
final class ReservedPort: Sendable {
    let number: Int
    /// Bound, and never listening. Linux lets others bind the port beside it that reuse addresses, as Java does.
    private let socket: Int32

    init() { (socket, number) = LoopbackSocket.bound(isReusable: true) }

    deinit { close(socket) }
}
