internal import WeChat

/// How long HTTP exchanges took, by what was asked and how it ended.
struct ExchangeMetrics: Sendable {
    struct Key: Hashable, Sendable {
        let method: String
        let server: String
        let port: Int
        /// The path, without the query.
        let route: String
        /// `""` where there was no answer.
        let status: String
        /// `""` for an answer below 400; else its status, or what came in place of an answer.
        let errorType: String
    }

    /// A server may invent any status, and an operator name any number of servers; each is a time series for every bound. What
    /// is over is counted together, as `_OTHER`, as OpenTelemetry names it.
    static let limit = 60

    private(set) var durations: [Key: Histogram] = [:]
    private(set) var count = 0
    /// Together.
    private(set) var all = Histogram(.time)

    mutating func exchanged(_ exchange: HTTPExchange) {
        count += 1
        all.observe(exchange.duration)
        var key = Key(exchange)
        if durations[key] == nil, durations.count >= Self.limit { key = .other }
        durations[key, default: Histogram(.time)].observe(exchange.duration)
    }
}

extension ExchangeMetrics.Key {
    init(_ exchange: HTTPExchange) {
        let (status, errorType) =
            switch exchange.outcome {
            case .answered(let status): (Self.text(ofStatus: status), status >= 400 ? String(status) : "")
            case .failed(let reason): ("", reason.rawValue)
            }
        self.init(
            method: exchange.method.rawValue, server: exchange.server.host, port: exchange.server.port,
            route: exchange.route, status: status, errorType: errorType)
    }

    /// Without making a text of the usual one for each call.
    private static func text(ofStatus status: Int) -> String { status == 200 ? "200" : String(status) }

    fileprivate static let other = Self(
        method: "_OTHER", server: "_OTHER", port: 0, route: "_OTHER", status: "_OTHER", errorType: "_OTHER")
}
