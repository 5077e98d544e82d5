package import EventLoop
package import HTTP

/// One HTTP exchange: `HTTPClient` in production, a script in tests.
@EventLoopActor
package protocol Transport {
    func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse
}

extension HTTPClient: Transport {}
