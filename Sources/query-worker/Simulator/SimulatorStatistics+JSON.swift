internal import JSON

extension SimulatorStatistics {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for endpoint in SimulatedEndpoint.allCases {
            writer.key(escaping: endpoint.rawValue)
            write(calls[endpoint] ?? Calls(), to: &writer)
        }
        writer.key("in_flight")
        writer.integer(inFlight)
        writer.key("max_in_flight")
        writer.integer(maximumInFlight)
        writer.key("distinct_application_ids")
        writer.integer(applications.count)
        writer.key("repeated_queries")
        writer.integer(repeatedQueries)
        let accounts = accounts.sorted { $0.key < $1.key }
        writer.key("tokens_issued")
        writer.counts(accounts.filter { $0.value.tokensIssued > 0 }.map { ($0.key, $0.value.tokensIssued) })
        writer.key("tokens_revoked")
        writer.integer(tokensRevoked)
        writer.key("errcodes")
        writer.counts(calls.values.reduce(into: [:]) { $0.merge($1.errorCodes, uniquingKeysWith: +) })
        writer.key("accounts")
        writer.beginObject()
        for (appid, account) in accounts {
            writer.key(escaping: appid)
            account.write(to: &writer)
        }
        writer.endObject()
        writer.endObject()
    }

    private func write(_ calls: Calls, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("calls")
        writer.integer(calls.count)
        writer.key("outcomes")
        writer.counts(Outcome.allCases.compactMap { name in calls.outcomes[name].map { (name.rawValue, $0) } })
        writer.key("errcodes")
        writer.counts(calls.errorCodes)
        writer.endObject()
    }
}

extension JSONWriter {
    /// An object of numbers, in this order.
    mutating func counts(_ counts: [(key: String, value: Int)]) {
        beginObject()
        for (key, value) in counts {
            self.key(escaping: key)
            integer(value)
        }
        endObject()
    }

    /// By error code, the lowest first.
    mutating func counts(_ counts: [Int: Int]) {
        self.counts(counts.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) })
    }
}
