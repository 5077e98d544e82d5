internal import Glibc

/// A connection through a `TCPProxy`: the client's socket, one to the target, and what is on its way between them.
struct TCPProxyLink {
    typealias Instant = ContinuousClock.Instant

    private var toTarget: TCPProxyFlow
    private var toClient: TCPProxyFlow
    private var filter: KafkaFrameFilter?

    /// Takes over `client`, and connects to the port `target`.
    init(client: Int32, target: Int, wireProtocol: TCPProxy.WireProtocol) {
        let server = LoopbackSocket.connecting(to: target)
        for socket in [client, server] { LoopbackSocket.sendAtOnce(socket) }
        toTarget = TCPProxyFlow(from: client, to: server)
        toClient = TCPProxyFlow(from: server, to: client)
        filter = wireProtocol == .kafka ? KafkaFrameFilter() : nil
    }

    var isBroken: Bool { toTarget.isBroken || toClient.isBroken }
    var isFinished: Bool { toTarget.isFinished && toClient.isFinished }

    /// When the next of the bytes held is due.
    var nextDue: Instant? { [toTarget.nextDue, toClient.nextDue].compactMap { $0 }.min() }

    /// What to poll for, after a flush at `now`: bytes that are due and still held wait for their sink.
    func pollDescriptors(at now: Instant, isStalled: Bool) -> [pollfd] {
        [(toTarget, toClient), (toClient, toTarget)].compactMap { reading, writing in
            guard let events = reading.events else { return nil }
            let isWaiting = !isStalled && writing.nextDue.map { $0 <= now } ?? false
            return pollfd(fd: reading.source, events: Int16(events | (isWaiting ? POLLOUT : 0)), revents: 0)
        }
    }

    mutating func ready(_ entry: pollfd, due: Instant, _ rules: inout KafkaDropRules) {
        let revents = Int32(entry.revents)
        if entry.fd == toTarget.source {
            toTarget.receive(revents, due: due) { filter?.pass(requests: $0, &rules) ?? $0 }
        } else if entry.fd == toClient.source {
            toClient.receive(revents, due: due) { filter?.pass(responses: $0, &rules) ?? $0 }
        }
    }

    mutating func flush(at now: Instant) {
        toTarget.flush(at: now)
        toClient.flush(at: now)
    }

    func reset() { for socket in [toTarget.source, toClient.source] { LoopbackSocket.reset(socket) } }

    func close() { for socket in [toTarget.source, toClient.source] { Glibc.close(socket) } }
}
