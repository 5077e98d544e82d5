internal import Glibc

/// What a `TCPProxy` was told, and its connections. Changed under the lock of `TCPProxyServer` only.
struct TCPProxyState {
    typealias Instant = ContinuousClock.Instant
    typealias DropWait = CheckedContinuation<Void, any Error>

    let target: Int
    let wireProtocol: TCPProxy.WireProtocol
    var isRefusing = false
    var isStalled = false
    var delay = Duration.zero
    var rules = KafkaDropRules()
    private(set) var isStopped = false
    private var links: [TCPProxyLink] = []
    private var dropWaits: [(count: Int, deadline: Instant, continuation: DropWait)] = []

    init(target: Int, wireProtocol: TCPProxy.WireProtocol) {
        self.target = target
        self.wireProtocol = wireProtocol
    }

    mutating func cutConnections() {
        for link in links { link.reset() }
        links = []
    }

    mutating func stop() {
        isStopped = true
        cutConnections()
        settleDropWaits(at: .now)
    }

    mutating func drop(_ part: KafkaDropRules.Part, apiKey: Int16, count: Int?) {
        precondition(wireProtocol == .kafka, "this proxy was not made for Kafka's protocol")
        rules.add(part, apiKey: apiKey, count: count)
    }

    // MARK: Sockets

    mutating func accept(from listener: Int32) {
        guard let client = LoopbackSocket.accepted(from: listener) else { return }
        if isRefusing || isStopped { return LoopbackSocket.reset(client) }
        links.append(TCPProxyLink(client: client, target: target, wireProtocol: wireProtocol))
    }

    /// What poll told of a socket, which may have been closed in the meantime.
    mutating func ready(_ entry: pollfd, at now: Instant) {
        for index in links.indices { links[index].ready(entry, due: now + delay, &rules) }
    }

    /// Sends what is due, and lets go of the connections that are through.
    mutating func advance(to now: Instant) {
        settleDropWaits(at: now)
        if isStalled { return }
        for index in links.indices { links[index].flush(at: now) }
        links.removeAll { link in
            if link.isBroken { link.reset() } else if link.isFinished { link.close() }
            return link.isBroken || link.isFinished
        }
    }

    func pollDescriptors(at now: Instant) -> [pollfd] {
        links.flatMap { $0.pollDescriptors(at: now, isStalled: isStalled) }
    }

    /// How long poll may wait; nil: for ever. Bytes that are due already wait for their sink, not for a time.
    func pollTime(at now: Instant) -> Duration? {
        let due = isStalled ? [] : links.compactMap(\.nextDue).filter { $0 > now }
        return (due + dropWaits.map(\.deadline)).min().map { max(.zero, $0 - now) }
    }

    // MARK: Waiting for drops

    mutating func waitForDrops(_ count: Int, until deadline: Instant, _ continuation: DropWait) {
        dropWaits.append((count, deadline, continuation))
        settleDropWaits(at: .now)
    }

    private mutating func settleDropWaits(at now: Instant) {
        dropWaits.removeAll { wait in
            if rules.drops >= wait.count {
                wait.continuation.resume()
            } else if isStopped || wait.deadline <= now {
                wait.continuation.resume(throwing: TCPProxy.TooFewDrops(drops: rules.drops, expected: wait.count))
            } else {
                return false
            }
            return true
        }
    }
}
