internal import CCurl
internal import EventLoop

/// libcurl's multi handle on the event loop: watches its sockets, keeps its timer, reports finished transfers.
///
/// libcurl says after every step which sockets it waits for and when it wants to be called. Both change several times
/// per request, so neither is passed on blindly: a socket whose transfer is done stays registered (the next one wants
/// the same readiness), and a timer that moves later is not moved but checked when it fires.
@EventLoopActor
final class CurlMulti {
    private let handle: UnsafeMutableRawPointer
    private let transferFinished: @EventLoopActor (CurlEasy, CURLcode) -> Void
    private var sockets = CurlSockets()
    private var due: MonotonicTime?
    private var timer: LoopTimer?
    private var isKickScheduled = false
    private var isClosed = false

    init(maxConnections: Int, transferFinished: @escaping @EventLoopActor (CurlEasy, CURLcode) -> Void) {
        precondition(CurlLibrary.isInitialised, "libcurl could not be initialised")
        guard let handle = curl_multi_init() else { preconditionFailure("no memory for a libcurl multi handle") }
        self.handle = handle
        self.transferFinished = transferFinished
        // Unretained: `close()` ends all callbacks, and the deinit traps without it.
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_multi_setopt_long(handle, CURLMOPT_MAXCONNECTS, maxConnections)
        curl_multi_setopt_socket(handle, curlSocketChanged, context)
        curl_multi_setopt_timer(handle, curlTimerChanged, context)
    }

    deinit {
        let isClosed = isClosed
        assert(isClosed, "HTTPClient.close() was not called")
    }

    /// Begins a transfer in the next turn of the loop, together with all others that are added in this one.
    func add(_ easy: CurlEasy) { curl_multi_add_handle(handle, easy.handle) }

    /// Ends a transfer at once, or lets go of a finished one.
    func remove(_ easy: CurlEasy) { curl_multi_remove_handle(handle, easy.handle) }

    /// Closes all connections. All transfers must have been removed; their handles may be destroyed afterwards.
    func close() {
        isClosed = true
        curl_multi_cleanup(handle)
        sockets.unregisterAll()
        if let timer { SystemClock.shared.cancel(timer) }
        timer = nil
    }

    // MARK: Sockets

    /// A new connection's socket. libcurl has sockets of other kinds (its resolver's), which it closes unannounced.
    func connectionOpened(_ socket: Int32) { sockets.opened(socket) }

    func connectionWillClose(_ socket: Int32) { sockets.closed(socket) }

    fileprivate func socketChanged(_ socket: Int32, _ what: Int32) {
        let interest = interest(of: what)
        guard sockets.wanted(socket, interest) else { return }
        EventLoop.shared.register(socket, for: interest) { [self] readiness in socketReady(socket, readiness) }
    }

    private func interest(of what: Int32) -> EventLoop.Interest {
        switch what {
        case CURL_POLL_IN: .read
        case CURL_POLL_OUT: .write
        case CURL_POLL_INOUT: [.read, .write]
        default: .nothing
        }
    }

    private func socketReady(_ socket: Int32, _ readiness: EventLoop.Readiness) {
        guard sockets.isWanted(socket) else {
            // An idle connection that the server has closed. libcurl finds out before it uses it again.
            sockets.idleSocketIsReady(socket)
            return
        }
        var events: Int32 = 0
        if readiness.isReadable { events |= CURL_CSELECT_IN }
        if readiness.isWritable { events |= CURL_CSELECT_OUT }
        if readiness.isError { events |= CURL_CSELECT_ERR }
        act(on: socket, events)
    }

    // MARK: Timer

    fileprivate func timerChanged(_ milliseconds: Int) {
        switch milliseconds {
        case ..<0: due = nil
        case 0: scheduleKick()
        default: scheduleTimer(after: .milliseconds(milliseconds))
        }
    }

    private func scheduleKick() {
        guard !isKickScheduled else { return }
        isKickScheduled = true
        _ = SystemClock.shared.schedule(after: .zero) { [self] in
            isKickScheduled = false
            guard !isClosed else { return }
            act(on: CURL_ANY_SOCKET_TIMED_OUT, 0)
        }
    }

    private func scheduleTimer(after delay: Duration) {
        let due = SystemClock.shared.now + delay
        self.due = due
        if let timer {
            guard due < timer.deadline else { return }
            SystemClock.shared.cancel(timer)
        }
        timer = SystemClock.shared.schedule(after: delay) { [self] in timerFired() }
    }

    private func timerFired() {
        timer = nil
        guard let due else { return }
        let now = SystemClock.shared.now
        if due <= now {
            self.due = nil
            act(on: CURL_ANY_SOCKET_TIMED_OUT, 0)
        } else {
            scheduleTimer(after: due - now)
        }
    }

    // MARK: Progress

    private func act(on socket: Int32, _ events: Int32) {
        var running: Int32 = 0
        curl_multi_socket_action(handle, socket, events, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            // The message dies with curl_multi_remove_handle, so all is read from it before.
            let code = curl_message_result(message)
            guard let pointer = curl_easy_getinfo_private(message.pointee.easy_handle) else { continue }
            let easy = Unmanaged<CurlEasy>.fromOpaque(pointer).takeUnretainedValue()
            curl_multi_remove_handle(handle, easy.handle)
            transferFinished(easy, code)
        }
    }
}

// libcurl calls these only from within our calls to it, so on the loop.

private func curlSocketChanged(
    _: UnsafeMutableRawPointer?, socket: Int32, what: Int32, context: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return 0 }
    let multi = Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
    EventLoopActor.assumeOnLoop { multi.socketChanged(socket, what) }
    return 0
}

private func curlTimerChanged(_: UnsafeMutableRawPointer?, milliseconds: Int, context: UnsafeMutableRawPointer?)
    -> Int32
{
    guard let context else { return 0 }
    let multi = Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
    EventLoopActor.assumeOnLoop { multi.timerChanged(milliseconds) }
    return 0
}
