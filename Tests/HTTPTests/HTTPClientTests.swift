import EventLoop
import HTTP
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct HTTPClientTests {
    @Test func sendsWhatWasAskedAndReturnsWhatWasAnswered() async throws {
        let api = StubAPI { _ in .answer(StubAnswer(201, "{\"ok\":true}")) }
        try await withClient { client in
            let request = HTTPRequest(
                method: .post, url: api.url + "/path?access_token=t", body: Array("{}".utf8), timeout: .seconds(5))
            let response = try await client.send(request, under: nil)
            #expect(response.status == 201)
            #expect(String(decoding: response.body, as: UTF8.self) == "{\"ok\":true}")
        }
        let received = try #require(api.requests.first)
        #expect(received.method == "POST")
        #expect(received.target == "/path?access_token=t")
        #expect(received.bodyText == "{}")
        #expect(received.headers["content-type"] == "application/json")
        #expect(received.headers["expect"] == nil)
    }

    @Test func switchesBetweenMethodsOnOneHandle() async throws {
        let api = StubAPI { request in .json(request.method + request.bodyText) }
        try await withClient { client in
            for (method, body) in [(HTTPRequest.Method.post, "a"), (.get, ""), (.post, "bc"), (.post, "")] {
                let request = HTTPRequest(method: method, url: api.url, body: Array(body.utf8), timeout: .seconds(5))
                let response = try await client.send(request, under: nil)
                #expect(String(decoding: response.body, as: UTF8.self) == (method == .get ? "GET" : "POST" + body))
            }
        }
        #expect(api.requests.map { $0.headers["content-type"] != nil } == [true, false, true, true])
    }

    @Test func usesOneConnectionForRequestsInSequence() async throws {
        let api = StubAPI { _ in .json("{}") }
        try await withClient { client in
            for _ in 0..<20 { _ = try await client.send(get(api.url), under: nil) }
        }
        #expect(api.requests.count == 20)
        #expect(api.connectionCount == 1)
    }

    @Test func opensANewConnectionWhenTheServerHasClosedTheIdleOne() async throws {
        let api = StubAPI { _ in .json("{}") }
        try await withClient { client in
            for _ in 0..<3 {
                _ = try await client.send(get(api.url), under: nil)
                api.closeConnections()
                // A round trip on the server's thread: the connections are closed when it answers.
                await api.waitForRequests(1)
            }
            _ = try await client.send(get(api.url), under: nil)
        }
        #expect(api.connectionCount == 4)
    }

    @Test func answersAThousandConcurrentRequests() async throws {
        let gate = StubGate()
        let api = StubAPI { request in .answerAfter(gate, StubAnswer(200, request.parameter("n") ?? "")) }
        try await withClient { client in
            let calls = (0..<1000).map { number in
                Task {
                    let request = get("\(api.url)/?n=\(number)", timeout: .seconds(30))
                    return try await client.send(request, under: nil).body
                }
            }
            await api.waitForRequests(1000)
            gate.open()
            var answers: Set<String> = []
            for call in calls { answers.insert(String(decoding: try await call.value, as: UTF8.self)) }
            #expect(answers == Set((0..<1000).map { "\($0)" }))
        }
        #expect(api.connectionCount == 1000)
    }

    @Test func joinsABodyThatArrivesInPieces() async throws {
        let bytes = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let api = StubAPI { _ in .answer(StubAnswer(200, bytes: bytes)) }
        try await withClient { client in
            let response = try await client.send(get(api.url), under: nil)
            #expect(response.body == bytes)
        }
    }

    @Test func followsNoRedirect() async throws {
        let api = StubAPI { _ in .answer(StubAnswer(302, "", headers: ["Location": "/elsewhere"])) }
        try await withClient { client in
            let response = try await client.send(get(api.url), under: nil)
            #expect(response.status == 302)
        }
        #expect(api.requests.count == 1)
    }

    @Test(
        arguments: [
            ("7", Duration.seconds(7)), ("Thu, 01 Jan 1970 00:00:00 GMT", nil), ("soon", nil), ("0", nil), (nil, nil),
        ] as [(String?, Duration?)])
    func readsRetryAfter(header: String?, expected: Duration?) async throws {
        let api = StubAPI { _ in .answer(StubAnswer(503, "", headers: header.map { ["Retry-After": $0] } ?? [:])) }
        try await withClient { client in
            let response = try await client.send(get(api.url), under: nil)
            #expect(response.retryAfter == expected)
        }
    }

    @Test func readsRetryAfterAsADate() async throws {
        let api = StubAPI { _ in
            .answer(StubAnswer(503, "", headers: ["Retry-After": "Fri, 31 Dec 2049 23:59:59 GMT"]))
        }
        try await withClient { client in
            let response = try await client.send(get(api.url), under: nil)
            let delay = try #require(response.retryAfter)
            #expect(delay > .seconds(3600))
        }
    }
}

/// Runs `body` with a client, and closes it afterwards.
@EventLoopActor
func withClient(
    _ configuration: HTTPClientConfiguration = HTTPClientConfiguration(maxConnections: 1000),
    _ body: @EventLoopActor (HTTPClient) async throws -> Void
) async throws {
    let client = HTTPClient(configuration: configuration)
    defer { client.close() }
    try await body(client)
}

func get(_ url: String, timeout: Duration = .seconds(5)) -> HTTPRequest {
    HTTPRequest(method: .get, url: url, timeout: timeout)
}
