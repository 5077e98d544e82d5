import EventLoop
import HTTP

@testable import WeChat

/// HTTP whose exchanges go on until the test ends them, each by its number, in any order.
@EventLoopActor
final class HeldWire: Transport {
    typealias Outcome = Result<HTTPResponse, HTTPClientFailure>

    private final class Exchange {
        let waiter = Waiter()
        var outcome: Outcome?
    }

    private(set) var requests: [HTTPRequest] = []
    /// What ends an exchange at once; nil leaves it to the test.
    var answer: (@EventLoopActor (HTTPRequest) -> Outcome?)?
    private var exchanges: [Exchange] = []

    nonisolated init() {}

    func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse {
        do { try interruption?.check(.everything) } catch { throw .interrupted(error) }
        let exchange = Exchange()
        requests.append(request)
        exchanges.append(exchange)
        if let outcome = answer?(request) { return try outcome.get() }
        do { try await exchange.waiter.wait(.everything, under: interruption) } catch { throw .interrupted(error) }
        guard let outcome = exchange.outcome else { preconditionFailure("an exchange was ended without an outcome") }
        return try outcome.get()
    }

    func end(_ index: Int, _ outcome: Outcome) {
        exchanges[index].outcome = outcome
        exchanges[index].waiter.resume()
    }

    func end(_ indices: Range<Int>, _ outcome: Outcome) {
        for index in indices { end(index, outcome) }
    }

    /// The token with which each call came.
    var tokens: [String] { requests.map { String($0.url.split(separator: "=").last ?? "") } }
}

extension Result<HTTPResponse, HTTPClientFailure> {
    static let finished = Result.success(.json(StubText.finished))
    static let refused = Result.failure(.failed(.couldNotConnect))

    static func code(_ errcode: Int) -> Result {
        .success(.json(#"{"errcode":\#(errcode),"errmsg":"code \#(errcode)"}"#))
    }
}
