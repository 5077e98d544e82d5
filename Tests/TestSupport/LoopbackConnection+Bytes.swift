internal import Glibc

/// Bytes without a meaning, and what becomes of the connection. Not to be mixed with `response()`, which reads ahead.
extension LoopbackConnection {
    /// How the peer ended the connection.
    package enum End {
        case closed
        case reset
    }

    /// The next `count` bytes; fewer if the connection ends before.
    package func receive(_ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard case .bytes(let more) = try next(atMost: count - bytes.count) else { break }
            bytes += more
        }
        return bytes
    }

    package func text(_ count: Int) throws -> String { String(decoding: try receive(count), as: UTF8.self) }

    /// Waits for the end of the connection, before which nothing more may come.
    package func end() throws -> End {
        switch try next(atMost: 1) {
        case .bytes: throw Failure(call: "end, but bytes came", code: 0)
        case .end(let end): return end
        }
    }

    /// Whether nothing happens for that long: no byte, no end.
    package func isSilent(for duration: Duration) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(duration / .milliseconds(1))) == 0
    }

    /// Sends until the kernel takes no more for that long, or `limit` bytes are sent.
    /// - Returns: how many it took.
    package func fill(with byte: UInt8, limit: Int, patience: Duration) -> Int {
        let chunk = [UInt8](repeating: byte, count: 64 << 10)
        var sent = 0
        while sent < limit {
            let count = Glibc.send(
                descriptor, chunk, min(chunk.count, limit - sent), Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            sent += max(0, count)
            if count > 0 { continue }
            var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            if poll(&entry, 1, Int32(patience / .milliseconds(1))) == 0 { break }
        }
        return sent
    }

    /// Sends no more; the peer may still.
    package func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    private enum Reception {
        case bytes(ArraySlice<UInt8>)
        case end(End)
    }

    private func next(atMost limit: Int) throws -> Reception {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { return .bytes(buffer.prefix(count)) }
        if count == 0 { return .end(.closed) }
        guard errno == ECONNRESET else { throw Failure(call: "recv", code: errno) }
        return .end(.reset)
    }
}
