import HTTP
import Synchronization
import TestSupport
import Testing

@Suite struct HTTPServerResponderTests {
    private typealias Exchange = (request: HTTPServerRequest, responder: HTTPServerResponder)

    /// A server that answers nothing by itself: the test gets every request with its responder.
    private func withServer(
        _ body: (HTTPServer, AsyncStream<Exchange>) async throws -> Void
    ) async throws {
        let (requests, continuation) = AsyncStream<Exchange>.makeStream()
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { continuation.yield(($0, $1)) }
        try await body(server, requests)
        server.stop()
    }

    @Test func answersLaterAndOutOfOrder() async throws {
        try await withServer { server, requests in
            let connections = try (0..<20).map { _ in try LoopbackConnection(port: server.port) }
            var responders: [String: HTTPServerResponder] = [:]
            for (index, connection) in connections.enumerated() {
                try connection.send("GET /\(index) HTTP/1.1\r\nHost: a\r\n\r\n")
                let exchange = await requests.next()
                responders[exchange?.request.path ?? ""] = exchange?.responder
            }
            for index in connections.indices.reversed() {
                responders["/\(index)"]?.respond(.text("\(index)"))
                #expect(try connections[index].response()?.body == "\(index)")
            }
        }
    }

    @Test func countsTheFirstAnswerOnly() async throws {
        try await withServer { server, requests in
            let connection = try LoopbackConnection(port: server.port)
            try connection.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n")
            let first = await requests.next()?.responder
            first?.respond(.text("first"))
            first?.respond(.text("second"))
            first?.drop()
            #expect(try connection.response()?.body == "first")
            first?.respond(.text("third"))
            try connection.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
            await requests.next()?.responder.respond(.text("next"))
            #expect(try connection.response()?.body == "next")
        }
    }

    @Test func dropsTheConnection() async throws {
        try await withServer { server, requests in
            let connection = try LoopbackConnection(port: server.port)
            try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await requests.next()?.responder.drop()
            #expect(try connection.response() == nil)
        }
    }

    @Test func dropsWithinTheHandler() throws {
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { $1.drop() }
        #expect(try LoopbackConnection(port: server.port).request("GET", "/") == nil)
    }

    @Test func answersForAHandlerThatForgotTo() throws {
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { _, _ in }
        #expect(try LoopbackConnection(port: server.port).request("GET", "/")?.status == 500)
    }

    @Test func stopsWithAnswersPending() async throws {
        try await withServer { server, requests in
            let connection = try LoopbackConnection(port: server.port)
            try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            let responder = await requests.next()?.responder
            server.stop()
            server.stop()
            #expect(try connection.response() == nil)
            responder?.respond(.text("too late"))
            #expect(throws: LoopbackConnection.Failure.self) { try LoopbackConnection(port: server.port) }
        }
    }

    @Test func outlivesItsServer() async throws {
        let (responders, continuation) = AsyncStream<HTTPServerResponder>.makeStream()
        var server: HTTPServer? = try HTTPServer(host: "127.0.0.1", port: 0) { continuation.yield($1) }
        let connection = try LoopbackConnection(port: server?.port ?? 0)
        try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let responder = await responders.next()
        server = nil
        responder?.respond(.text("too late"))
        #expect(try connection.response() == nil)
    }

    @Test func isStoppedByItsOwnHandler() throws {
        let running = Mutex<HTTPServer?>(nil)
        let server = try HTTPServer(host: "127.0.0.1", port: 0) { _, responder in
            running.withLock { $0.take() }?.stop()
            responder.respond(.text("unheard"))
        }
        running.withLock { $0 = server }
        #expect(try LoopbackConnection(port: server.port).request("GET", "/") == nil)
    }

    @Test func survivesAnswersFromManyThreadsWhileItStops() async throws {
        for _ in 0..<20 {
            try await withServer { server, requests in
                let connections = try (0..<16).map { _ in try LoopbackConnection(port: server.port) }
                var responders: [HTTPServerResponder] = []
                for connection in connections {
                    try connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    if let exchange = await requests.next() { responders.append(exchange.responder) }
                }
                await withTaskGroup(of: Void.self) { group in
                    for responder in responders { group.addTask { responder.respond(.text("raced")) } }
                    group.addTask { server.stop() }
                }
                for connection in connections {
                    let response = try connection.response()
                    #expect(response == nil || response?.body == "raced")
                }
            }
        }
    }
}

extension AsyncStream where Element: Sendable {
    fileprivate func next() async -> Element? { await first { _ in true } }
}
