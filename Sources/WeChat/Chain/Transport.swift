internal import EventLoop
internal import HTTP

/// One HTTP exchange: `HTTPClient` in production, a script in tests.
@EventLoopActor
protocol Transport {
    func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse
}

extension HTTPClient: Transport {}
