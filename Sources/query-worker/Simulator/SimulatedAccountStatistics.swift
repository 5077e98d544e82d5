internal import EventLoop
internal import JSON

/// What one account asked: a merchant, an account with a secret, or a component.
struct SimulatedAccountStatistics {
    private var queries = 0
    private var tokenCalls: [SimulatedEndpoint: Int] = [:]
    private var refusedTokens = 0
    private(set) var tokensIssued = 0
    private var refreshes = 0
    private var maximumPerSecond = 0
    /// Those of the last `secondsRemembered` that saw any call.
    private var seconds: [(second: Int64, count: Int)] = []

    private static let secondsRemembered: Int64 = 120

    mutating func queried(at wallTime: WallTime) {
        queries += 1
        // A clock that is set back goes on counting in its last second.
        let second = max(wallTime.millisecondsSince1970 / 1000, seconds.last?.second ?? .min)
        if seconds.last?.second != second {
            seconds.removeAll { $0.second <= second - Self.secondsRemembered }
            seconds.append((second, 0))
        }
        seconds[seconds.count - 1].count += 1
        maximumPerSecond = max(maximumPerSecond, seconds[seconds.count - 1].count)
    }

    mutating func askedForToken(_ endpoint: SimulatedEndpoint) { tokenCalls[endpoint, default: 0] += 1 }

    /// A query call got 40001.
    mutating func refusedToken() { refusedTokens += 1 }

    mutating func tokenIssued() { tokensIssued += 1 }

    mutating func refreshed() { refreshes += 1 }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("query_calls")
        writer.integer(queries)
        writer.key("token_calls")
        writer.counts(SimulatedEndpoint.allCases.compactMap { name in tokenCalls[name].map { (name.rawValue, $0) } })
        writer.key("refused_by_40001")
        writer.integer(refusedTokens)
        writer.key("tokens_issued")
        writer.integer(tokensIssued)
        writer.key("refreshes")
        writer.integer(refreshes)
        writer.key("max_queries_per_second")
        writer.integer(maximumPerSecond)
        writer.key("queries_per_second")
        writer.beginArray()
        for (second, count) in seconds {
            writer.beginObject()
            writer.key("second")
            writer.integer(second)
            writer.key("count")
            writer.integer(count)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
