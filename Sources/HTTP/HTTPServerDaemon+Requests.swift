internal import CMicroHTTPD
internal import Glibc
internal import Synchronization

// What happens on the daemon's own thread.
extension HTTPServerDaemon {
    func access(
        _ connection: Connection, path: UnsafePointer<CChar>, method: UnsafePointer<CChar>,
        piece: UnsafeRawBufferPointer, unread: inout Int, exchange: inout UnsafeMutableRawPointer?
    ) -> MHD_Result {
        guard let id = exchange.map({ ExchangeID(bitPattern: $0) }) else {
            thread.store(UInt(pthread_self()), ordering: .relaxed)
            exchange = UnsafeMutableRawPointer(bitPattern: begin())
            return .YES
        }
        if !piece.isEmpty {
            unread = 0
            return receive(piece, id)
        }
        if let body = takeBody(id) {
            let responder = HTTPServerResponder(daemon: self, exchange: id)
            if let body {
                let request = HTTPServerRequest(connection, path: path, method: method, body: body)
                handler(request, responder)
            } else {
                responder.respond(
                    .text("The body is larger than the \(limits.body) bytes that are taken.\n", status: 413))
            }
        }
        switch answerOrSuspend(connection, id) {
        case .respond(let response): return queue(response, connection)
        case .drop: return .NO
        case nil: return .YES
        }
    }

    private func begin() -> ExchangeID {
        state.withLock { state in
            state.lastID += 1
            state.exchanges[state.lastID] = Exchange()
            return state.lastID
        }
    }

    /// Takes a piece of the body; forgets a body that is too long, but reads on, since a client that still sends would
    /// not see an answer. One that sends without end is cut off.
    private func receive(_ piece: UnsafeRawBufferPointer, _ id: ExchangeID) -> MHD_Result {
        let limit = limits.body
        let length = state.withLock { state -> Int in
            guard var exchange = state.exchanges.removeValue(forKey: id) else { return .max }
            exchange.bodyLength += piece.count
            if exchange.bodyLength <= limit { exchange.body += piece } else { exchange.body = [] }
            state.exchanges[id] = exchange
            return exchange.bodyLength
        }
        return length > 16 * limit ? .NO : .YES
    }

    /// The body of a request that is to be handled now, with nil in place of one that is too long; nil if the request
    /// was handled before.
    private func takeBody(_ id: ExchangeID) -> [UInt8]?? {
        state.withLock { state in
            guard let exchange = state.exchanges[id], case .receiving = exchange.phase, !state.isStopping else {
                return nil
            }
            state.exchanges[id] = Exchange(phase: .handling)
            return .some(exchange.bodyLength <= limits.body ? exchange.body : nil)
        }
    }

    private func answerOrSuspend(_ connection: Connection, _ id: ExchangeID) -> Answer? {
        state.withLock { state in
            if state.isStopping { return .drop }
            switch state.exchanges[id]?.phase {
            case .answered(let answer):
                return answer
            case .handling:
                MHD_suspend_connection(connection.pointer)
                state.exchanges[id]?.phase = .suspended(connection)
                return nil
            case .suspended:
                return nil
            case .receiving, nil:
                return .drop
            }
        }
    }

    func completed(_ id: ExchangeID) { _ = state.withLock { $0.exchanges.removeValue(forKey: id) } }

    private func queue(_ response: HTTPServerResponse, _ connection: Connection) -> MHD_Result {
        let native = response.body.withUnsafeBytes { body in
            // MUST_COPY: the pointer is only read.
            MHD_create_response_from_buffer(
                body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
        }
        guard let native else { return .NO }
        defer { MHD_destroy_response(native) }
        MHD_add_response_header(native, "Content-Type", response.contentType)
        for (name, value) in response.headers { MHD_add_response_header(native, name, value) }
        return MHD_queue_response(connection.pointer, UInt32(clamping: response.status), native)
    }
}
