internal import Glibc

/// One direction of a connection through a `TCPProxy`: reads from `source`, holds what it read until it is due, and
/// writes it to `sink`. An end or a reset of the source is passed on in its place among the bytes.
struct TCPProxyFlow {
    typealias Instant = ContinuousClock.Instant

    private enum Piece {
        case bytes([UInt8])
        case end
        case reset
    }

    private enum Source {
        case open
        /// It sends no more, and can still be written to.
        case ended
        case gone
    }

    /// Reading stops when this much is held, so that a source that outruns its sink, or a stall, feels it.
    private static let heldLimit = 1 << 20

    let source: Int32
    let sink: Int32
    /// The sink was told the end of the stream.
    private(set) var isFinished = false
    /// The sink is to be reset, or cannot be written to any more.
    private(set) var isBroken = false

    private var state = Source.open
    private var held: [(piece: Piece, due: Instant)] = []
    private var heldBytes = 0
    /// Of the first piece held.
    private var sentBytes = 0

    init(from source: Int32, to sink: Int32) {
        self.source = source
        self.sink = sink
    }

    var nextDue: Instant? { held.first?.due }

    /// What poll is to tell of the source; nil: nothing. Errors it tells always, so a socket that is gone must not be
    /// polled.
    var events: Int32? {
        switch state {
        case .open: heldBytes < Self.heldLimit ? POLLIN : 0
        case .ended: 0
        case .gone: nil
        }
    }

    /// Reads once; poll tells again if there is more.
    mutating func receive(_ revents: Int32, due: Instant, _ filter: ([UInt8]) -> [UInt8]) {
        if state == .ended, revents & (POLLERR | POLLHUP) != 0 {
            // A hang-up alone is only our own end of the stream meeting the source's.
            state = .gone
            if revents & POLLERR != 0 { hold(.reset, due) }
        }
        guard state == .open, revents & (POLLIN | POLLERR | POLLHUP) != 0 else { return }
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, length in
            count = recv(source, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            length = max(0, count)
        }
        if count > 0 {
            let passed = filter(bytes)
            heldBytes += passed.count
            if !passed.isEmpty { hold(.bytes(passed), due) }
        } else if count == 0 {
            state = .ended
            hold(.end, due)
        } else if errno != EAGAIN && errno != EINTR {
            state = .gone
            hold(.reset, due)
        }
    }

    private mutating func hold(_ piece: Piece, _ due: Instant) {
        // A delay that was made shorter does not let later bytes overtake.
        held.append((piece, max(due, held.last?.due ?? due)))
    }

    /// Writes what is due, as far as the sink takes it.
    mutating func flush(at now: Instant) {
        var done = 0
        defer { held.removeFirst(done) }
        while done < held.count, held[done].due <= now, !isBroken {
            switch held[done].piece {
            case .bytes(let bytes):
                guard send(bytes) else { return }
            case .end:
                shutdown(sink, Int32(SHUT_WR))
                isFinished = true
            case .reset:
                isBroken = true
            }
            done += 1
        }
    }

    /// Whether all of the piece is sent.
    private mutating func send(_ bytes: [UInt8]) -> Bool {
        let count = bytes.withUnsafeBytes { buffer in
            let rest = buffer.dropFirst(sentBytes)
            let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
            return Glibc.send(sink, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count, flags)
        }
        guard count >= 0 else {
            isBroken = errno != EAGAIN && errno != EINTR
            return false
        }
        sentBytes += count
        heldBytes -= count
        guard sentBytes == bytes.count else { return false }
        sentBytes = 0
        return true
    }
}
