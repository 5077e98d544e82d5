internal import Glibc

/// A TCP connection to a server of this process, with blocking reads and writes: sees bytes as they are on the wire.
package final class LoopbackConnection {
    package struct Response: Equatable {
        package var status: Int
        package var headers: [String: String]
        package var body: String
    }

    package struct Failure: Error {
        package let call: String
        package let code: Int32
    }

    let descriptor: Int32
    private var received: [UInt8] = []

    /// Takes over a socket. Its calls fail after 10 seconds, so that a peer that never answers fails the test.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        LoopbackSocket.sendAtOnce(descriptor)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            var limit = timeval(tv_sec: 10, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    package convenience init(port: UInt16) throws {
        self.init(descriptor: socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
        let status = LoopbackSocket.withAddress(port: Int(port)) { connect(descriptor, $0, $1) }
        guard status == 0 else { throw Failure(call: "connect", code: errno) }
    }

    deinit { close(descriptor) }

    package func send(_ text: String) throws { try send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends a request with a length and a body, and reads what comes back.
    package func request(
        _ method: String, _ target: String, headers: [String] = [], body: String = ""
    ) throws -> Response? {
        let head = ["\(method) \(target) HTTP/1.1", "Host: 127.0.0.1", "Content-Length: \(body.utf8.count)"] + headers
        try send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
        return try response()
    }

    /// The next response, which must tell its length. Nil if the server closes the connection instead.
    package func response() throws -> Response? {
        let end = Array("\r\n\r\n".utf8)
        while received.firstRange(of: end) == nil {
            guard try receive() else { return nil }
        }
        guard let separator = received.firstRange(of: end) else { return nil }
        let lines = String(decoding: received[..<separator.lowerBound], as: UTF8.self).split(
            separator: "\r\n")
        received.removeSubrange(..<separator.upperBound)
        var response = Response(status: Int(lines[0].split(separator: " ")[1]) ?? 0, headers: [:], body: "")
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1).map { String($0.drop { $0 == " " }) }
            response.headers[parts[0].lowercased()] = parts[1]
        }
        let length = Int(response.headers["content-length"] ?? "") ?? 0
        while received.count < length {
            guard try receive() else { return nil }
        }
        response.body = String(decoding: received[..<length], as: UTF8.self)
        received.removeSubrange(..<length)
        return response
    }

    /// False at the end of the stream, whether it was closed or reset.
    private func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno != ECONNRESET { throw Failure(call: "recv", code: errno) }
        received += buffer.prefix(max(0, count))
        return count > 0
    }
}
