internal import EventLoop
internal import HTTP

/// A transport that reports how long every exchange took, and how it ended.
@EventLoopActor
final class MeasuredTransport: Transport {
    typealias Report = @EventLoopActor (HTTPExchange) -> Void

    private let transport: any Transport
    private let clock: any LoopClock
    private let report: Report
    private let base: (url: String, server: HTTPExchange.Server)?
    /// Those met so far, so that a call makes no text for its own.
    private var routes: [String] = []

    /// - Parameter baseURL: what all URLs begin with; nil where they may be any, and their paths secret.
    init(transport: any Transport, baseURL: String?, clock: any LoopClock, report: @escaping Report) {
        self.transport = transport
        self.clock = clock
        self.report = report
        base = baseURL.map { ($0, HTTPExchange.Server(url: $0)) }
    }

    func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse {
        let began = clock.now
        do {
            let response = try await transport.send(request, under: interruption)
            report(exchange(request, .answered(status: response.status), since: began))
            return response
        } catch {
            report(exchange(request, .failed(HTTPExchange.Reason(error)), since: began))
            throw error
        }
    }

    private func exchange(
        _ request: HTTPRequest, _ outcome: HTTPExchange.Outcome, since began: MonotonicTime
    ) -> HTTPExchange {
        HTTPExchange(
            method: request.method == .get ? .get : .post,
            server: base?.server ?? HTTPExchange.Server(url: request.url),
            route: base.map { route(of: request.url, behind: $0.url) } ?? "", outcome: outcome,
            duration: clock.now - began)
    }

    private func route(of url: String, behind base: String) -> String {
        let path = url.utf8.dropFirst(base.utf8.count).prefix { $0 != UInt8(ascii: "?") }
        if let known = routes.first(where: { $0.utf8.elementsEqual(path) }) { return known }
        let route = String(Substring(path))
        routes.append(route)
        return route
    }
}
