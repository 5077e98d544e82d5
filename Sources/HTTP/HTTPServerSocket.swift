internal import Glibc

/// A listening TCP socket. Made here and not by libmicrohttpd, which does not say why it could not.
struct HTTPServerSocket: ~Copyable {
    let port: UInt16
    private let descriptor: Int32

    init(host: String, port: UInt16) throws(HTTPServerError) {
        let address = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &found)
        guard status == 0, let first = found?.pointee else {
            throw .unusableAddress(address: address, reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(found) }

        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let descriptor = socket(first.ai_family, Int32(type), 0)
        guard descriptor >= 0 else { throw .system(call: "socket", reason: String(cString: strerror(errno))) }
        do throws(HTTPServerError) {
            self.port = try Self.listen(descriptor, on: first, address: address)
            self.descriptor = descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// Gives the descriptor to one who will close it.
    consuming func release() -> Int32 {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    private static func listen(
        _ descriptor: Int32, on info: addrinfo, address: String
    ) throws(HTTPServerError) -> UInt16 {
        // Else a restart within a minute finds its own port busy with connections that wait to be forgotten.
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        guard bind(descriptor, info.ai_addr, info.ai_addrlen) == 0, Glibc.listen(descriptor, 1024) == 0 else {
            switch errno {
            case EADDRINUSE: throw .addressInUse(address: address)
            case EACCES: throw .permissionDenied(address: address)
            default: throw .unusableAddress(address: address, reason: String(cString: strerror(errno)))
            }
        }
        var bound = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let status = withUnsafeMutablePointer(to: &bound) { bound in
            bound.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
        }
        guard status == 0 else { throw .system(call: "getsockname", reason: String(cString: strerror(errno))) }
        // The port is at the same place in IPv4's and IPv6's address.
        return withUnsafeBytes(of: bound) { UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self)) }
    }
}
