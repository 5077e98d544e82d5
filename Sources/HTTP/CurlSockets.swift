internal import EventLoop

/// Which of libcurl's sockets the event loop watches, and for what.
///
/// A connection goes idle after each request and is wanted again, mostly for the same readiness, with the next. So it
/// stays registered meanwhile, until it is closed or becomes ready while nobody wants it.
@EventLoopActor
struct CurlSockets {
    private struct Entry {
        var isConnection = false
        var registered = EventLoop.Interest.nothing
        var wanted = EventLoop.Interest.nothing
    }

    private var entries: [Entry] = []

    nonisolated init() {}

    func isWanted(_ socket: Int32) -> Bool { !entries[Int(socket)].wanted.isEmpty }

    mutating func opened(_ socket: Int32) {
        makeRoom(for: socket)
        entries[Int(socket)] = Entry(isConnection: true)
    }

    mutating func closed(_ socket: Int32) {
        guard Int(socket) < entries.count else { return }
        unregister(socket)
        entries[Int(socket)] = Entry()
    }

    /// - Returns: whether the socket is to be registered for `interest`, which it was not before.
    mutating func wanted(_ socket: Int32, _ interest: EventLoop.Interest) -> Bool {
        makeRoom(for: socket)
        let index = Int(socket)
        entries[index].wanted = interest
        if interest.isEmpty {
            // The resolver's sockets are closed without a word, and their numbers used again.
            if !entries[index].isConnection { unregister(socket) }
            return false
        }
        defer { entries[index].registered = interest }
        return entries[index].registered != interest
    }

    mutating func idleSocketIsReady(_ socket: Int32) { unregister(socket) }

    mutating func unregisterAll() {
        for socket in entries.indices { unregister(Int32(socket)) }
    }

    private mutating func unregister(_ socket: Int32) {
        guard !entries[Int(socket)].registered.isEmpty else { return }
        entries[Int(socket)].registered = .nothing
        EventLoop.shared.unregister(socket)
    }

    private mutating func makeRoom(for socket: Int32) {
        while entries.count <= Int(socket) { entries.append(Entry()) }
    }
}
