internal import CCurl
internal import EventLoop
internal import Glibc

/// One of libcurl's easy handles, used for one transfer after the other. What does not change is set once.
@EventLoopActor
final class CurlEasy {
    // Guarantee: all but the deinit, the last user, run on the loop.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer
    /// Resumed when the transfer that is under way has ended.
    var waiter: Waiter?
    private var code = CURLE_OK

    private let maxBodyBytes: Int
    private let isProxied: Bool
    private let headers: CurlRequestHeaders
    private let largeBodies: LargeBodies
    private var body: [UInt8] = []
    private var isBodyTooLarge = false
    private var place = Place.notNeeded
    private var url = ""
    // As above.
    private nonisolated(unsafe) let parsedURL: OpaquePointer
    private var method: HTTPRequest.Method?
    private var timeout = Duration.zero

    /// A place among the large bodies.
    private enum Place {
        case notNeeded
        /// The transfer is paused.
        case awaited
        case taken
    }

    /// - Parameter multi: learns which sockets are opened and closed; must outlive the handle.
    init(
        _ configuration: HTTPClientConfiguration, headers: CurlRequestHeaders, largeBodies: LargeBodies,
        multi: CurlMulti
    ) {
        guard let handle = curl_easy_init(), let parsedURL = curl_url() else {
            preconditionFailure("no memory for a libcurl easy handle")
        }
        self.handle = handle
        self.parsedURL = parsedURL
        self.headers = headers
        self.largeBodies = largeBodies
        maxBodyBytes = configuration.maxBodyBytes
        isProxied = configuration.proxy != nil
        // Both unretained: the client keeps every handle and the multi handle until it has been closed.
        let me = Unmanaged.passUnretained(self).toOpaque()
        let owner = Unmanaged.passUnretained(multi).toOpaque()
        curl_easy_setopt_pointer(handle, CURLOPT_PRIVATE, me)
        curl_easy_setopt_write(handle, bodyReceived)
        curl_easy_setopt_pointer(handle, CURLOPT_WRITEDATA, me)
        curl_easy_setopt_sockopt(handle, socketOpened)
        curl_easy_setopt_pointer(handle, CURLOPT_SOCKOPTDATA, owner)
        curl_easy_setopt_closesocket(handle, socketToClose)
        curl_easy_setopt_pointer(handle, CURLOPT_CLOSESOCKETDATA, owner)
        curl_easy_setopt_long(handle, CURLOPT_NOSIGNAL, 1)
        curl_easy_setopt_long(handle, CURLOPT_TCP_KEEPALIVE, 1)
        // One request per connection at a time, over as many connections as calls: no stream waits for another.
        curl_easy_setopt_long(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        curl_easy_setopt_string(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        curl_easy_setopt_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        curl_easy_setopt_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        curl_easy_setopt_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        curl_easy_setopt_long(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        // Empty names also keep libcurl from reading http_proxy and no_proxy, and their like.
        curl_easy_setopt_string(handle, CURLOPT_PROXY, configuration.proxy ?? "")
        curl_easy_setopt_string(handle, CURLOPT_NOPROXY, "")
        if let caFile = configuration.caFile { curl_easy_setopt_string(handle, CURLOPT_CAINFO, caFile) }
        let connectTimeout = max(1, Int(configuration.connectTimeout.wholeMilliseconds))
        curl_easy_setopt_long(handle, CURLOPT_CONNECTTIMEOUT_MS, connectTimeout)
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_url_cleanup(parsedURL)
    }

    // MARK: A transfer

    /// Sets what differs from the handle's last request.
    func prepare(_ request: HTTPRequest) throws(HTTPError) {
        isBodyTooLarge = false
        if request.method != method {
            method = request.method
            let isPost = request.method == .post
            curl_easy_setopt_long(handle, isPost ? CURLOPT_POST : CURLOPT_HTTPGET, 1)
            curl_easy_setopt_pointer(handle, CURLOPT_HTTPHEADER, isPost ? headers.post.pointer : headers.get.pointer)
        }
        if request.url != url {
            try setURL(request.url)
            url = request.url
        }
        if request.timeout != timeout {
            timeout = request.timeout
            curl_easy_setopt_long(handle, CURLOPT_TIMEOUT_MS, max(1, Int(timeout.wholeMilliseconds)))
        }
        if request.method == .post {
            // The size before the bytes: libcurl copies as many as it was told.
            curl_easy_setopt_long(handle, CURLOPT_POSTFIELDSIZE, request.body.count)
            let code = request.body.withUnsafeBytes { bytes in
                curl_easy_setopt_pointer(
                    handle, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            }
            try check(code)
        }
    }

    /// What libcurl would do for every transfer is done once: parsing the URL, and writing its query byte by byte.
    private func setURL(_ url: String) throws(HTTPError) {
        guard curl_url_set(parsedURL, CURLUPART_URL, url, 0) == CURLUE_OK else {
            throw HTTPError(CURLE_URL_MALFORMAT, isConnected: false)
        }
        // A proxy may want the whole URL in its place.
        let target = isProxied ? nil : Self.target(of: url)
        if target != nil {
            // Nor has it the rest of the URL to copy then, piece by piece.
            for part in [CURLUPART_PATH, CURLUPART_QUERY, CURLUPART_FRAGMENT] { curl_url_set(parsedURL, part, nil, 0) }
        }
        try check(curl_easy_setopt_pointer(handle, CURLOPT_CURLU, UnsafeMutableRawPointer(parsedURL)))
        try check(curl_easy_setopt_string(handle, CURLOPT_REQUEST_TARGET, target))
    }

    /// Path and query; nil if there is no path, which is libcurl's to mend.
    private static func target(of url: String) -> String? {
        guard let authority = url.firstRange(of: "://") else { return nil }
        let rest = url[authority.upperBound...].prefix { $0 != "#" }
        return rest.firstIndex(of: "/").map { String(rest[$0...]) }
    }

    func finished(_ code: CURLcode) {
        self.code = code
        waiter?.resume()
    }

    /// What the finished transfer brought. Hands the body over.
    func takeResponse() throws(HTTPError) -> HTTPResponse {
        let body = takeBody()
        if isBodyTooLarge { throw .bodyTooLarge }
        guard code == CURLE_OK else {
            throw HTTPError(code, isConnected: curl_easy_getinfo_offset(handle, CURLINFO_PRETRANSFER_TIME_T) > 0)
        }
        let status = curl_easy_getinfo_long(handle, CURLINFO_RESPONSE_CODE)
        guard status >= 300 else { return HTTPResponse(status: status, body: body) }
        let seconds = curl_easy_getinfo_offset(handle, CURLINFO_RETRY_AFTER)
        return HTTPResponse(status: status, body: body, retryAfter: seconds > 0 ? .seconds(seconds) : nil)
    }

    /// What has arrived; the handle keeps nothing of it.
    @discardableResult
    func takeBody() -> [UInt8] {
        defer { body = [] }
        if place != .notNeeded { largeBodies.leave(self, hasPlace: place == .taken) }
        place = .notNeeded
        return body
    }

    private func check(_ code: CURLcode) throws(HTTPError) {
        if code != CURLE_OK { throw HTTPError(code, isConnected: false) }
    }

    /// There is a place for a large body now.
    func goOn() {
        place = .taken
        curl_easy_pause(handle, CURLPAUSE_CONT)
    }

    private enum Reception {
        case taken
        case refused
        /// To be offered again when the transfer goes on.
        case paused
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> Reception {
        isBodyTooLarge = body.count + bytes.count > maxBodyBytes
        if isBodyTooLarge { return .refused }
        if place == .notNeeded, body.count + bytes.count > LargeBodies.threshold {
            place = largeBodies.enter(self) ? .taken : .awaited
        }
        if place == .awaited { return .paused }
        if body.isEmpty { body = [UInt8](bytes) } else { body.append(contentsOf: bytes) }
        return .taken
    }

    /// What libcurl's write callback returns for these bytes.
    fileprivate func write(_ bytes: UnsafeRawBufferPointer) -> Int {
        switch receive(bytes) {
        case .taken: bytes.count
        // Any other number than that of the bytes given is an error to libcurl.
        case .refused: bytes.count &+ 1
        case .paused: Int(CURL_WRITEFUNC_PAUSE)
        }
    }
}

// libcurl calls these only from within our calls to it, so on the loop.

private func bodyReceived(
    data: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let context else { return 0 }
    let easy = Unmanaged<CurlEasy>.fromOpaque(context).takeUnretainedValue()
    // Guarantee: used before this callback returns, on the thread that called it.
    nonisolated(unsafe) let bytes = UnsafeRawBufferPointer(start: data, count: size * count)
    return EventLoopActor.assumeOnLoop { easy.write(bytes) }
}

private func socketOpened(context: UnsafeMutableRawPointer?, socket: Int32, purpose: curlsocktype) -> Int32 {
    if let context {
        let multi = Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
        EventLoopActor.assumeOnLoop { multi.connectionOpened(socket) }
    }
    return CURL_SOCKOPT_OK
}

private func socketToClose(context: UnsafeMutableRawPointer?, socket: Int32) -> Int32 {
    if let context {
        let multi = Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
        EventLoopActor.assumeOnLoop { multi.connectionWillClose(socket) }
    }
    return close(socket)
}
