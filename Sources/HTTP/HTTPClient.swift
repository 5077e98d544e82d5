internal import CCurl
package import EventLoop

/// An HTTP/1.1 client on the event loop. Connections and libcurl's handles are kept and used again.
///
/// It limits nothing but the size of responses: how many requests run at once is the caller's decision. There are as
/// many handles as there were ever requests at once. Redirects are not followed.
@EventLoopActor
package final class HTTPClient {
    /// Of the libcurl that this process runs with: `7.88.1`.
    package nonisolated static var libraryVersion: String {
        // "libcurl/7.88.1 OpenSSL/3.0.1 …"
        String(String(cString: curl_version()).prefix { $0 != " " }.drop { $0 != "/" }.dropFirst())
    }

    private let configuration: HTTPClientConfiguration
    private let headers: CurlRequestHeaders
    private let largeBodies: LargeBodies
    private let multi: CurlMulti
    private var all: [CurlEasy] = []
    // Last in, first out: the handle used last has the URL and the method of the next request, most likely.
    private var idle: [CurlEasy] = []
    private var isClosed = false

    package init(configuration: HTTPClientConfiguration) {
        self.configuration = configuration
        headers = CurlRequestHeaders(userAgent: configuration.userAgent)
        largeBodies = LargeBodies(places: configuration.maxLargeBodies)
        multi = CurlMulti(maxConnections: configuration.maxConnections) { easy, code in easy.finished(code) }
    }

    /// Sends one request and waits for the whole response. `interruption` ends it with `.everything` only, at once.
    package func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse {
        do { try interruption?.check(.everything) } catch { throw .interrupted(error) }
        guard !isClosed else { throw .failed(.clientClosed) }
        let easy = idle.popLast() ?? makeHandle()
        defer { if !isClosed { idle.append(easy) } }
        do { try easy.prepare(request) } catch { throw .failed(error) }
        let waiter = Waiter()
        easy.waiter = waiter
        defer { easy.waiter = nil }
        multi.add(easy)
        do {
            try await waiter.wait(.everything, under: interruption)
        } catch {
            if !isClosed { multi.remove(easy) }
            easy.takeBody()
            throw .interrupted(error)
        }
        if isClosed { throw .failed(.clientClosed) }
        do { return try easy.takeResponse() } catch { throw .failed(error) }
    }

    /// While true no response grows beyond 64 KiB that has not already; it waits, within its time limit.
    package var holdsLargeBodies: Bool {
        get { largeBodies.isHeld }
        set { largeBodies.isHeld = newValue }
    }

    /// Ends what is under way with `HTTPError.clientClosed`, and closes all connections. Must be called once.
    package func close() {
        guard !isClosed else { return }
        isClosed = true
        for easy in all {
            guard let waiter = easy.waiter else { continue }
            multi.remove(easy)
            waiter.resume()
        }
        multi.close()
        all = []
        idle = []
    }

    private func makeHandle() -> CurlEasy {
        let easy = CurlEasy(configuration, headers: headers, largeBodies: largeBodies, multi: multi)
        all.append(easy)
        return easy
    }
}
