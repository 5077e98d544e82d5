import EventLoop
import HTTP

@testable import WeChat

/// HTTP in the test's hands: says what each request brings.
@EventLoopActor
final class ScriptedTransport: Transport {
    typealias Respond = @EventLoopActor (HTTPRequest) async throws(HTTPClientFailure) -> HTTPResponse

    private(set) var requests: [HTTPRequest] = []
    private let respond: Respond

    init(_ respond: @escaping Respond) { self.respond = respond }

    func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse {
        requests.append(request)
        return try await respond(request)
    }
}
