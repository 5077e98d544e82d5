internal import WeChat

/// How long HTTP exchanges took, by what was asked and how it ended.
struct ExchangeMetrics: Sendable {
    /// A server may invent any status, and an operator name any number of servers; each is a time series for every bound. What
    /// is over is counted together.
    static let limit = 60

    /// By their kind; nil: those beyond the limit.
    private(set) var durations = FewKeys<HTTPExchange.Kind?, Histogram>()
    /// Together.
    var all: Histogram { durations.entries.reduce(into: Histogram(.time)) { $0 += $1.value } }

    mutating func exchanged(_ exchange: HTTPExchange) {
        let isOver = durations.count >= Self.limit && !durations.find(exchange.kind)
        durations.update(isOver ? nil : exchange.kind, default: Histogram(.time)) { $0.observe(exchange.duration) }
    }
}

extension HTTPExchange.Kind? {
    /// As Prometheus gets them, under OpenTelemetry's names; in an order that stays the same from one reading to the next.
    var labels: (method: String, server: String, port: String, route: String, status: String, errorType: String) {
        // As OpenTelemetry names what is not told apart.
        guard let self else { return ("_OTHER", "_OTHER", "", "_OTHER", "_OTHER", "_OTHER") }
        let (status, errorType) =
            switch self.outcome {
            case .answered(let status): (String(status), status >= 400 ? String(status) : "")
            case .failed(let reason): ("", reason.rawValue)
            }
        return (self.method.rawValue, self.server.host, String(self.server.port), self.route, status, errorType)
    }
}
