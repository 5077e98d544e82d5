internal import JSON

/// What the simulator was asked and what it answered; `/stats` shows it.
struct SimulatorStatistics {
    enum Endpoint: String, CaseIterable { case query = "applycodequery", token = "stable_token" }

    enum Outcome: String, CaseIterable {
        case succeeded
        case notFinished = "not_finished"
        case refused
        case httpError = "http_error"
        case dropped
        case brokenJSON = "broken_json"
    }

    private struct Calls {
        var count = 0
        var outcomes = [Int](repeating: 0, count: Outcome.allCases.count)
    }

    private var query = Calls()
    private var token = Calls()
    private var inFlight = 0
    private var maximumInFlight = 0
    private var applications: Set<UInt64> = []
    private var repeatedQueries = 0
    private var errorCodes: [Int: Int] = [:]
    private var tokensIssued: [String: Int] = [:]
    private var tokensRevoked = 0

    mutating func callBegan(_ endpoint: Endpoint) {
        self[endpoint].count += 1
        inFlight += 1
        maximumInFlight = max(maximumInFlight, inFlight)
    }

    mutating func callEnded() { inFlight -= 1 }

    mutating func count(_ endpoint: Endpoint, _ outcome: Outcome) {
        guard let index = Outcome.allCases.firstIndex(of: outcome) else { return }
        self[endpoint].outcomes[index] += 1
    }

    mutating func count(_ endpoint: Endpoint, _ code: SimulatedErrorCode) {
        count(endpoint, .refused)
        errorCodes[code.rawValue, default: 0] += 1
    }

    mutating func asked(application: UInt64) {
        if !applications.insert(application).inserted { repeatedQueries += 1 }
    }

    mutating func tokenIssued(appid: String) { tokensIssued[appid, default: 0] += 1 }

    mutating func tokenRevoked() { tokensRevoked += 1 }

    private subscript(endpoint: Endpoint) -> Calls {
        get { endpoint == .query ? query : token }
        _modify { if endpoint == .query { yield &query } else { yield &token } }
    }
}

extension SimulatorStatistics {
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for endpoint in Endpoint.allCases {
            writer.key(escaping: endpoint.rawValue)
            write(self[endpoint], to: &writer)
        }
        writer.key("in_flight")
        writer.integer(inFlight)
        writer.key("max_in_flight")
        writer.integer(maximumInFlight)
        writer.key("distinct_application_ids")
        writer.integer(applications.count)
        writer.key("repeated_queries")
        writer.integer(repeatedQueries)
        writer.key("tokens_issued")
        writeCounts(tokensIssued.sorted { $0.key < $1.key }, to: &writer)
        writer.key("tokens_revoked")
        writer.integer(tokensRevoked)
        writer.key("errcodes")
        writeCounts(errorCodes.sorted { $0.key < $1.key }.map { (String($0.key), $0.value) }, to: &writer)
        writer.endObject()
    }

    private func write(_ calls: Calls, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("calls")
        writer.integer(calls.count)
        writer.key("outcomes")
        let counts = zip(Outcome.allCases, calls.outcomes).filter { $0.1 > 0 }
        writeCounts(counts.map { ($0.0.rawValue, $0.1) }, to: &writer)
        writer.endObject()
    }

    private func writeCounts(_ counts: [(key: String, value: Int)], to writer: inout JSONWriter) {
        writer.beginObject()
        for (key, value) in counts {
            writer.key(escaping: key)
            writer.integer(value)
        }
        writer.endObject()
    }
}
