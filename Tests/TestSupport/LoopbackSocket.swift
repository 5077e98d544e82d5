internal import Glibc

/// Makes sockets on 127.0.0.1. Child processes do not inherit them: a copy there would keep a connection open that was
/// closed here.
enum LoopbackSocket {
    /// A socket bound to a port that the kernel picks.
    ///
    /// - Parameter isReusable: lets another process bind and listen on the port too, as long as this socket does not
    ///   listen itself.
    static func bound(isReusable: Bool = false) -> (socket: Int32, port: Int) {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        if isReusable { set(SO_REUSEADDR, of: SOL_SOCKET, to: 1 as Int32, on: socket) }
        let status = withAddress(port: 0) { bind(socket, $0, $1) }
        precondition(status == 0, "no port left on loopback")
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(socket, $0, &length) }
        }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    static func listening() -> (socket: Int32, port: Int) {
        let (socket, port) = bound()
        _ = listen(socket, 4096)
        return (socket, port)
    }

    static func accepted(from listener: Int32) -> Int32? {
        // Glibc's module lacks accept4, which would do both in one step.
        ChildSpawn.whileNoneStarts {
            let socket = accept(listener, nil, nil)
            guard socket >= 0 else { return nil }
            _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
            return socket
        }
    }

    /// Two that are connected with each other. Neither blocks.
    static func pair() -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        precondition(socketpair(AF_UNIX, Int32(type), 0, &ends) == 0, "no descriptor left")
        return (ends[0], ends[1])
    }

    /// Whether it succeeds shows later, by poll: on loopback it mostly has before this returns.
    static func connecting(to port: Int) -> Int32 {
        let type = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        let socket = Glibc.socket(AF_INET, Int32(type), 0)
        _ = withAddress(port: port) { connect(socket, $0, $1) }
        return socket
    }

    /// Sends small pieces at once. With Nagle's algorithm they would wait for the peer's acknowledgement, up to 40 ms.
    static func sendAtOnce(_ socket: Int32) { set(TCP_NODELAY, of: Int32(IPPROTO_TCP), to: 1 as Int32, on: socket) }

    /// Closes so that the peer gets a reset instead of an orderly end.
    static func reset(_ socket: Int32) {
        set(SO_LINGER, of: SOL_SOCKET, to: linger(l_onoff: 1, l_linger: 0), on: socket)
        close(socket)
    }

    private static func set<Value: BitwiseCopyable>(
        _ option: Int32, of level: Int32, to value: Value, on socket: Int32
    ) {
        withUnsafePointer(to: value) { value in
            _ = setsockopt(socket, level, option, value, socklen_t(MemoryLayout<Value>.size))
        }
    }

    static func withAddress<Result>(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
