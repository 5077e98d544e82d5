import EventLoop
import HTTP
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct HTTPClientFailureTests {
    @Test(arguments: [
        (StubAction.close, HTTPError.connectionClosed(code: 52)),
        (.partial(StubAnswer(200, "{\"status\":\"FINISH\"}"), bodyBytes: 5), .connectionClosed(code: 18)),
        (.raw("\u{16}\u{3}garbage\r\n\r\n"), .malformedResponse(code: 1)),
        (.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"), .connectionClosed(code: 18)),
    ])
    func namesWhatWentWrong(action: StubAction, expected: HTTPError) async throws {
        let api = StubAPI { _ in action }
        try await withClient { client in
            await #expect(throws: HTTPClientFailure.failed(expected)) {
                _ = try await client.send(get(api.url), under: nil)
            }
        }
    }

    @Test func isUsableAfterFailures() async throws {
        let api = StubAPI { request in request.path == "/close" ? .close : .json("{}") }
        try await withClient { client in
            for _ in 0..<3 {
                #expect(await outcome(of: get(api.url + "/close"), on: client, under: nil) != nil)
                let response = try await client.send(get(api.url), under: nil)
                #expect(response.status == 200)
            }
        }
    }

    @Test func reportsARefusedConnection() async throws {
        try await withClient { client in
            await #expect(throws: HTTPClientFailure.failed(.couldNotConnect)) {
                _ = try await client.send(get("http://127.0.0.1:\(StubAPI.refusingPort())"), under: nil)
            }
        }
    }

    @Test func reportsANameThatCannotBeResolved() async throws {
        try await withClient { client in
            await #expect(throws: HTTPClientFailure.failed(.couldNotResolve)) {
                _ = try await client.send(get("http://no-such-host.invalid/"), under: nil)
            }
        }
    }

    @Test func givesUpAfterTheRequestsOwnTimeLimit() async throws {
        let api = StubAPI { request in request.path == "/hang" ? .hang : .json("{}") }
        try await withClient { client in
            // Over a connection that is there already: on a busy machine a new one could be what takes too long.
            _ = try await client.send(get(api.url), under: nil)
            let request = get(api.url + "/hang", timeout: .milliseconds(500))
            await #expect(throws: HTTPClientFailure.failed(.timedOut(.total))) {
                _ = try await client.send(request, under: nil)
            }
            let response = try await client.send(get(api.url), under: nil)
            #expect(response.status == 200)
        }
    }

    /// The server takes the connection and never answers the handshake.
    @Test func tellsAConnectionThatNeverCameFromASlowAnswer() async throws {
        let api = StubAPI { _ in .hang }
        try await withClient(HTTPClientConfiguration(connectTimeout: .milliseconds(50))) { client in
            await #expect(throws: HTTPClientFailure.failed(.timedOut(.connect))) {
                _ = try await client.send(get("https://127.0.0.1:\(api.port)/"), under: nil)
            }
        }
    }

    @Test func refusesAServerThatDoesNotSpeakTLS() async throws {
        let api = StubAPI(greeting: "220 ready\r\n") { _ in .hang }
        try await withClient { client in
            let failure = await outcome(of: get("https://127.0.0.1:\(api.port)/"), on: client, under: nil)
            #expect(failure == .failed(.tls(code: 35)))
        }
    }

    @Test(arguments: [(1000, true), (1001, false)])
    func boundsTheBody(size: Int, fits: Bool) async throws {
        let api = StubAPI { _ in .answer(StubAnswer(200, bytes: [UInt8](repeating: 32, count: size))) }
        try await withClient(HTTPClientConfiguration(maxBodyBytes: 1000)) { client in
            if fits {
                let response = try await client.send(get(api.url), under: nil)
                #expect(response.body.count == size)
            } else {
                await #expect(throws: HTTPClientFailure.failed(.bodyTooLarge)) {
                    _ = try await client.send(get(api.url), under: nil)
                }
            }
        }
    }

    /// With one place for twenty large bodies, all come in the end, and small ones do not wait for them.
    @Test func largeBodiesComeAFewAtATime() async throws {
        let large = StubAnswer(200, bytes: [UInt8](repeating: 32, count: 900_000))
        let gate = StubGate()
        let api = StubAPI { request in
            request.path == "/small" ? .answer(StubAnswer(200, "{}")) : .answerAfter(gate, large)
        }
        try await withClient(HTTPClientConfiguration(maxLargeBodies: 1)) { client in
            func call(under interruption: Interruption?) -> Task<Int?, Never> {
                Task { try? await client.send(get(api.url), under: interruption).body.count }
            }
            let calls = (0..<20).map { _ in call(under: nil) }
            let interruption = Interruption()
            let interrupted = call(under: interruption)
            await api.waitForRequests(21)
            gate.open()
            let small = try await client.send(get(api.url + "/small"), under: nil)
            #expect(small.status == 200)
            interruption.interrupt(.everything, cause: .handedOver)
            _ = await interrupted.value
            for call in calls {
                let size = await call.value
                #expect(size == 900_000)
            }
        }
    }

    @Test func endsACallAtOnceWhenItIsInterrupted() async throws {
        let api = StubAPI { _ in .hang }
        try await withClient { client in
            let interruption = Interruption()
            async let outcome = outcome(of: get(api.url), on: client, under: interruption)
            await api.waitForRequests(1)
            interruption.interrupt(.waits, cause: .handedOver)
            interruption.interrupt(.everything, cause: .deadline)
            #expect(causeOfInterruption(await outcome) == .deadline)
        }
    }

    @Test func sendsNothingUnderAnInterruptionThatHasHappened() async throws {
        let api = StubAPI { _ in .json("{}") }
        try await withClient { client in
            let interruption = Interruption()
            interruption.interrupt(.everything, cause: .handedOver)
            let failure = await outcome(of: get(api.url), on: client, under: interruption)
            #expect(causeOfInterruption(failure) == .handedOver)
            _ = try await client.send(get(api.url), under: nil)
        }
        #expect(api.requests.count == 1)
    }

    @Test func endsWhatIsUnderWayWhenItIsClosed() async throws {
        let api = StubAPI { _ in .hang }
        let client = HTTPClient(configuration: HTTPClientConfiguration())
        async let first = outcome(of: get(api.url), on: client, under: nil)
        await api.waitForRequests(1)
        client.close()
        #expect(await first == .failed(.clientClosed))
        #expect(await outcome(of: get(api.url), on: client, under: nil) == .failed(.clientClosed))
    }

    @Test func neverPrintsTheURL() async throws {
        let port = StubAPI.refusingPort()
        let request = get("http://127.0.0.1:\(port)/?access_token=hidden")
        var dumped = ""
        dump(request, to: &dumped)
        try await withClient { client in
            let failure = await outcome(of: request, on: client, under: nil)
            for text in ["\(request)", String(reflecting: request), dumped, String(reflecting: failure)] {
                #expect(!text.contains("hidden"))
            }
        }
    }

    private func causeOfInterruption(_ failure: HTTPClientFailure?) -> Interrupted.Cause? {
        guard case .interrupted(let interrupted) = failure else { return nil }
        return interrupted.cause
    }

    private func outcome(
        of request: HTTPRequest, on client: HTTPClient, under interruption: Interruption?
    ) async -> HTTPClientFailure? {
        do {
            _ = try await client.send(request, under: interruption)
            return nil
        } catch { return error }
    }
}
