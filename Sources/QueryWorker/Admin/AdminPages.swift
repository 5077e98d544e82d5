internal import EventLoop
internal import HTTP

/// What the admin port answers to which path.
struct AdminPages {
    let board: StatusBoard
    /// It listens for this machine only.
    var isLoopback = false

    func answer(_ request: HTTPServerRequest) -> HTTPServerResponse {
        guard isForThisMachine(request) else {
            return .text("It serves this machine only, by the name localhost or its address.\n", status: 421)
        }
        guard let page = page(request.path) else {
            return .text("There is /, /livez, /readyz, /metrics and /status.\n", status: 404)
        }
        guard ["GET", "HEAD"].contains(request.method) else {
            var response = HTTPServerResponse.text("It can only be read: GET or HEAD.\n", status: 405)
            response.headers.append(("Allow", "GET, HEAD"))
            return response
        }
        var response = page()
        response.headers.append(("Cache-Control", "no-store"))
        return response
    }

    /// A page of somebody else's, in a browser on this machine, can have its own name lead here; then it would be let read the
    /// answers.
    private func isForThisMachine(_ request: HTTPServerRequest) -> Bool {
        guard isLoopback, let host = request.header("host") else { return true }
        return AuthorityParts(host[...])?.isLoopback == true
    }

    private func page(_ path: String) -> (() -> HTTPServerResponse)? {
        switch path {
        case "/": statusPage
        case "/livez": liveness
        case "/readyz": readiness
        case "/metrics": metrics
        case "/status": status
        default: nil
        }
    }

    /// Whether the loop turns, and nothing from outside: who restarts the worker for this must gain by it.
    private func liveness() -> HTTPServerResponse {
        board.isBlocked
            ? .text("the event loop has not turned for \(board.silence.wholeMilliseconds / 1000) s\n", status: 503)
            : .text("ok\n")
    }

    private func readiness() -> HTTPServerResponse {
        let findings = board.current.findings
        guard !findings.isEmpty else { return .text("ready\n") }
        return .text(findings.map { "\($0.reason.rawValue): \($0.message)\n" }.joined(), status: 503)
    }

    private func metrics() -> HTTPServerResponse {
        let text = board.current.prometheusText(loopDelay: board.loopDelay, process: .current)
        return HTTPServerResponse(contentType: "text/plain; version=0.0.4; charset=utf-8", body: text)
    }

    private func status() -> HTTPServerResponse { HTTPServerResponse(body: board.current.json) }

    private func statusPage() -> HTTPServerResponse {
        HTTPServerResponse(
            contentType: "text/html; charset=utf-8",
            headers: [
                ("Content-Security-Policy", StatusPage.contentSecurityPolicy), ("X-Content-Type-Options", "nosniff"),
                ("Referrer-Policy", "no-referrer"),
            ], body: StatusPage.html)
    }
}
