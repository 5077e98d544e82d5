import Glibc
import HTTP
import Synchronization
import TestSupport
import Testing

@Suite struct HTTPServerTests {
    /// Answers with what it was asked.
    private func withEchoServer(_ body: (HTTPServer) throws -> Void) throws {
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { request, responder in
            let fields = { (fields: [HTTPServerRequest.Field]) in
                fields.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
            }
            responder.respond(
                .text(
                    "\(request.method) \(request.path) [\(fields(request.query))] \(String(decoding: request.body, as: UTF8.self))"
                ))
        }
        defer { server.stop() }
        try body(server)
    }

    @Test(arguments: [
        ("GET", "/", "", "GET / [] "), ("POST", "/a/b?x=1", "body", "POST /a/b [x=1] body"),
        ("GET", "/a%20b?n=%E4%BD%A0+%26&empty=&none", "", "GET /a b [n=你 &,empty=,none=] "),
        ("PUT", "/?a=1&a=2", "\0\u{1}", "PUT / [a=1,a=2] \0\u{1}"), ("DELETE", "//", "", "DELETE // [] "),
    ])
    func passesOnTheRequest(method: String, target: String, body: String, expected: String) throws {
        try withEchoServer { server in
            let response = try LoopbackConnection(port: server.port).request(method, target, body: body)
            #expect(response?.status == 200)
            #expect(response?.body == expected)
        }
    }

    @Test func findsHeadersAndQueryItemsByName() throws {
        let seen = Mutex<[String?]>([])
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { request, responder in
            seen.withLock {
                $0 = [
                    request.header("x-NAME"), request.header("absent"), request.queryItem("a"), request.queryItem("A"),
                ]
            }
            responder.respond(
                HTTPServerResponse(status: 201, contentType: "a/b", headers: [("X-Own", "yes")], body: Array("{}".utf8))
            )
        }
        let response = try LoopbackConnection(port: server.port).request("GET", "/?a=1&a=2", headers: ["X-Name: v w"])
        #expect(seen.withLock { $0 } == ["v w", nil, "1", nil])
        #expect(response?.status == 201)
        #expect(response?.headers["content-type"] == "a/b")
        #expect(response?.headers["x-own"] == "yes")
        #expect(response?.body == "{}")
    }

    @Test func keepsConnectionsAlive() throws {
        try withEchoServer { server in
            let connection = try LoopbackConnection(port: server.port)
            for round in 0..<100 {
                #expect(try connection.request("POST", "/\(round)", body: "b")?.body == "POST /\(round) [] b")
            }
        }
    }

    @Test func answersPipelinedRequestsInOrder() throws {
        try withEchoServer { server in
            let connection = try LoopbackConnection(port: server.port)
            try connection.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try connection.response()?.body == "GET /1 [] ")
            #expect(try connection.response()?.body == "GET /2 [] ")
        }
    }

    @Test func takesBodiesUpToItsLimit() throws {
        try withEchoServer { server in
            let connection = try LoopbackConnection(port: server.port)
            let largest = String(repeating: "x", count: HTTPServer.Limits().body)
            #expect(try connection.request("POST", "/", body: largest)?.body == "POST / [] " + largest)
            #expect(try connection.request("POST", "/", body: largest + "x")?.status == 413)
            #expect(try LoopbackConnection(port: server.port).request("GET", "/", body: "after")?.status == 200)
        }
    }

    @Test func takesNoMoreOfTheProcessThanItsLimits() throws {
        let limits = HTTPServer.Limits(connections: 2, idleSeconds: 1, body: 10)
        let server = try HTTPServer(host: "127.0.0.1", port: 0, limits: limits) { $1.respond(.text("taken\n")) }
        let first = try LoopbackConnection(port: server.port)
        #expect(try first.request("POST", "/", body: String(repeating: "x", count: 10))?.status == 200)
        #expect(try first.request("POST", "/", body: String(repeating: "x", count: 11))?.status == 413)
        // One that goes on and on is cut off.
        try first.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        try first.send(String(repeating: "x", count: 1000))
        #expect(try first.response() == nil)
        // Those that say nothing are closed after a second, and the third has its turn.
        let silent = try (1...2).map { _ in try LoopbackConnection(port: server.port) }
        #expect(try LoopbackConnection(port: server.port).request("GET", "/")?.status == 200)
        for connection in silent { #expect(try connection.response() == nil) }
        server.stop()
    }

    @Test func readsChunkedBodies() throws {
        try withEchoServer { server in
            let connection = try LoopbackConnection(port: server.port)
            try connection.send(
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
            #expect(try connection.response()?.body == "POST / [] abcde")
        }
    }

    @Test(arguments: [
        "\r\n\r\n\r\n", "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "\0\0\0\r\n\r\n",
    ])
    func goesOnAfterNonsense(text: String) throws {
        try withEchoServer { server in
            let connection = try LoopbackConnection(port: server.port)
            try connection.send(text + "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
            _ = try connection.response()
            #expect(try LoopbackConnection(port: server.port).request("GET", "/")?.status == 200)
        }
    }

    @Test func saysThatItsAddressIsBusy() throws {
        try withEchoServer { server in
            let error = #expect(throws: HTTPServerError.self) {
                try HTTPServer(host: "127.0.0.1", port: server.port) { _, _ in }
            }
            #expect(error == .addressInUse(address: "127.0.0.1:\(server.port)"))
            #expect(error?.description.contains("choose another port") == true)
        }
    }

    @Test(arguments: ["192.0.2.1", "no-such-host.invalid", ""])
    func saysThatAnAddressIsUnusable(host: String) {
        let error = #expect(throws: HTTPServerError.self) { try HTTPServer(host: host, port: 0) { _, _ in } }
        guard case .unusableAddress("\(host):0", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func listensOnIPv6() throws {
        let server = try HTTPServer(host: "::1", port: 0) { _, _ in }
        #expect(server.port > 0)
        #expect(throws: HTTPServerError.addressInUse(address: "[::1]:\(server.port)")) {
            try HTTPServer(host: "::1", port: server.port) { _, _ in }
        }
    }

    /// As many as libmicrohttpd takes from epoll in one go: it would then wait for another event before it handles them.
    @Test func answersAHundredAndTwentyEightRequestsThatComeAtOnce() throws {
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { request, responder in
            // Slow enough for all of the round to wait while the first is handled.
            if request.path == "/first" { usleep(20_000) }
            responder.respond(.text("ok"))
        }
        defer { server.stop() }
        let connections = try (0..<128).map { _ in try LoopbackConnection(port: server.port) }
        let first = try LoopbackConnection(port: server.port)
        for _ in 0..<10 {
            try first.send("GET /first HTTP/1.1\r\nHost: loopback\r\n\r\n")
            for connection in connections { try connection.send("GET / HTTP/1.1\r\nHost: loopback\r\n\r\n") }
            for connection in connections + [first] { #expect(try connection.response()?.status == 200) }
        }
    }
}
