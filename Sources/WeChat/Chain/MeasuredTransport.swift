internal import EventLoop
internal import HTTP

/// A transport that reports how long every exchange took, and how it ended.
@EventLoopActor
struct MeasuredTransport: Transport {
    typealias Report = @EventLoopActor (HTTPExchange) -> Void

    private let transport: any Transport
    private let clock: any LoopClock
    private let report: Report
    /// nil: it may be any.
    private let server: HTTPExchange.Server?

    /// - Parameter baseURL: what all URLs begin with; nil where they may be any, and their paths secret.
    init(transport: any Transport, baseURL: String?, clock: any LoopClock, report: @escaping Report) {
        self.transport = transport
        self.clock = clock
        self.report = report
        server = baseURL.map { HTTPExchange.Server(url: $0) }
    }

    func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse {
        let began = clock.now
        do {
            let response = try await transport.send(request, under: interruption)
            ended(request, .answered(status: response.status), since: began)
            return response
        } catch {
            ended(request, .failed(HTTPExchange.Reason(error)), since: began)
            throw error
        }
    }

    private func ended(_ request: HTTPRequest, _ outcome: HTTPExchange.Outcome, since began: MonotonicTime) {
        let kind = HTTPExchange.Kind(
            method: request.method == .get ? .get : .post, server: server ?? HTTPExchange.Server(url: request.url),
            route: server == nil ? "" : request.route, outcome: outcome)
        report(HTTPExchange(kind: kind, duration: clock.now - began))
    }
}
