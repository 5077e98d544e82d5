internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

/// libmicrohttpd's daemon, and where each of its requests stands.
///
/// libmicrohttpd calls `access` several times for one request: when its headers are there, for every piece of its body,
/// when that is complete, and once more after a suspended connection was resumed. An `Exchange` remembers which comes
/// next. All of them are behind one lock, which is held across suspend and resume: libmicrohttpd ends the process if
/// it is stopped with a connection suspended, or resumes one that is gone.
final class HTTPServerDaemon: Sendable {
    typealias ExchangeID = UInt

    enum Answer: Sendable {
        case respond(HTTPServerResponse)
        case drop
    }

    struct Connection: Sendable {
        // Guarantee: libmicrohttpd's functions that are called with it may be called from any thread.
        nonisolated(unsafe) let pointer: OpaquePointer
    }

    struct Exchange {
        enum Phase {
            case receiving
            case handling
            case suspended(Connection)
            case answered(Answer)
        }

        var phase = Phase.receiving
        var body: [UInt8] = []
        var bodyLength = 0
    }

    struct State {
        var daemon: Connection?
        var isStopping = false
        var lastID: ExchangeID = 0
        var exchanges: [ExchangeID: Exchange] = [:]
    }

    let limits: HTTPServer.Limits
    let handler: HTTPServer.Handler
    let state = Mutex(State())
    let thread = Atomic<UInt>(0)

    init(
        socket: consuming HTTPServerSocket, limits: HTTPServer.Limits, handler: @escaping HTTPServer.Handler
    ) throws(HTTPServerError) {
        self.limits = limits
        self.handler = handler
        // Released in `end`, after the last callback.
        let context = Unmanaged.passRetained(self)
        let daemon = microhttpd_start(
            socket.release(), limits.connections, limits.idleSeconds,
            { context, connection, path, method, _, data, length, exchange in
                guard let context, let connection, let path, let method, let length, let exchange else { return .NO }
                return Unmanaged<HTTPServerDaemon>.fromOpaque(context).takeUnretainedValue().access(
                    Connection(pointer: connection), path: path, method: method,
                    piece: UnsafeRawBufferPointer(start: data, count: length.pointee), unread: &length.pointee,
                    exchange: &exchange.pointee)
            },
            { context, _, exchange, _ in
                guard let context, let exchange = exchange?.pointee else { return }
                Unmanaged<HTTPServerDaemon>.fromOpaque(context).takeUnretainedValue().completed(
                    UInt(bitPattern: exchange))
            }, context.toOpaque())
        guard let daemon else {
            context.release()
            throw .system(call: "MHD_start_daemon", reason: String(cString: strerror(errno)))
        }
        let connection = Connection(pointer: daemon)
        state.withLock { $0.daemon = connection }
    }

    // MARK: Any thread

    func answer(_ id: ExchangeID, _ answer: Answer) {
        state.withLock { state in
            switch state.exchanges[id]?.phase {
            case .handling:
                state.exchanges[id]?.phase = .answered(answer)
            case .suspended(let connection):
                state.exchanges[id]?.phase = .answered(answer)
                MHD_resume_connection(connection.pointer)
            case .receiving, .answered, nil:
                break
            }
        }
    }

    func stop() {
        let daemon = state.withLock { state in
            state.isStopping = true
            for (id, exchange) in state.exchanges {
                guard case .suspended(let connection) = exchange.phase else { continue }
                state.exchanges[id]?.phase = .answered(.drop)
                MHD_resume_connection(connection.pointer)
            }
            return state.daemon.take()
        }
        guard let daemon else { return }
        if thread.load(ordering: .relaxed) == UInt(pthread_self()) {
            // MHD_stop_daemon waits for its thread, which therefore cannot call it.
            Task.detached { self.end(daemon) }
        } else {
            end(daemon)
        }
    }

    private func end(_ daemon: Connection) {
        MHD_stop_daemon(daemon.pointer)
        Unmanaged.passUnretained(self).release()
    }
}
