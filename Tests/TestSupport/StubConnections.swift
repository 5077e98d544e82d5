internal import Foundation
internal import Synchronization

/// The open connections of a `StubServer`, on its thread.
final class StubConnections {
    var isStopping = false

    private struct Connection {
        let number: Int
        var input: [UInt8] = []
        var output: [UInt8] = []
        var closesWhenSent = false
    }

    private let server: StubServer
    private var open: [Int32: Connection] = [:]
    private var counts: [(target: Int, action: () -> Void)] = []

    init(server: StubServer) { self.server = server }

    func pollDescriptors() -> [pollfd] {
        open.map { socket, connection in
            pollfd(fd: socket, events: Int16(connection.output.isEmpty ? POLLIN : POLLIN | POLLOUT), revents: 0)
        }
    }

    func accept(from listener: Int32) {
        guard let socket = LoopbackSocket.accepted(from: listener) else { return }
        let number = server.record.withLock { record in
            record.connections += 1
            return record.connections
        }
        open[socket] = Connection(number: number)
        if let greeting = server.greeting { send(Array(greeting.utf8), on: socket, closing: false) }
    }

    func closeAll() {
        for socket in open.keys { close(socket) }
        open = [:]
    }

    func whenRequests(reach target: Int, _ action: @escaping () -> Void) {
        counts.append((target, action))
        announceCounts()
    }

    func ready(_ entry: pollfd) {
        if entry.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 { receive(on: entry.fd) }
        if entry.revents & Int16(POLLOUT) != 0 { flush(entry.fd) }
    }

    private func receive(on socket: Int32) {
        var bytes = [UInt8](repeating: 0, count: 65536)
        let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { return shut(socket) }
        open[socket]?.input += bytes[..<count]
        while let connection = open[socket], var parser = StubRequestParser(connection.input) {
            open[socket]?.input.removeFirst(parser.length)
            parser.request.connection = connection.number
            handle(parser.request, on: socket)
        }
    }

    private func handle(_ request: StubRequest, on socket: Int32) {
        let request = server.record.withLock { record in
            var request = request
            request.number = record.requests.count + 1
            record.requests.append(request)
            return request
        }
        perform(server.handler(request), on: socket, connection: request.connection)
        announceCounts()
    }

    private func perform(_ action: StubAction, on socket: Int32, connection: Int) {
        switch action {
        case .answer(let answer): send(answer.encoded(), on: socket, closing: false)
        case .answerAfter(let gate, let answer):
            let server = server
            gate.whenOpen {
                server.command { connections in
                    // The socket's number may belong to another connection by now.
                    guard connections.open[socket]?.number == connection else { return }
                    connections.send(answer.encoded(), on: socket, closing: false)
                }
            }
        case .close: shut(socket)
        case .hang: break
        case .raw(let text): send(Array(text.utf8), on: socket, closing: true)
        case .partial(let answer, let count): send(answer.encoded(bodyBytes: count), on: socket, closing: true)
        }
    }

    private func send(_ bytes: [UInt8], on socket: Int32, closing: Bool) {
        open[socket]?.output += bytes
        open[socket]?.closesWhenSent = closing
        flush(socket)
    }

    private func flush(_ socket: Int32) {
        guard let connection = open[socket], !connection.output.isEmpty else { return }
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        let count = Foundation.send(socket, connection.output, connection.output.count, flags)
        if count > 0 { open[socket]?.output.removeFirst(count) }
        if count < 0 && errno != EAGAIN || count == connection.output.count && connection.closesWhenSent {
            shut(socket)
        }
    }

    private func shut(_ socket: Int32) {
        if open.removeValue(forKey: socket) != nil { close(socket) }
    }

    private func announceCounts() {
        let count = server.record.withLock { $0.requests.count }
        let due = counts.filter { $0.target <= count }
        counts.removeAll { $0.target <= count }
        for entry in due { entry.action() }
    }
}
