internal import EventLoop

/// What the simulator was asked and what it answered; `/stats` shows it.
struct SimulatorStatistics {
    enum Outcome: String, CaseIterable {
        case succeeded
        case notFinished = "not_finished"
        case refused
        case httpError = "http_error"
        case dropped
        case brokenJSON = "broken_json"
    }

    struct Calls {
        var count = 0
        var outcomes: [Outcome: Int] = [:]
        var errorCodes: [Int: Int] = [:]
    }

    private(set) var calls: [SimulatedEndpoint: Calls] = [:]
    private(set) var accounts: [String: SimulatedAccountStatistics] = [:]
    private(set) var inFlight = 0
    private(set) var maximumInFlight = 0
    private(set) var applications: Set<UInt64> = []
    private(set) var repeatedQueries = 0
    private(set) var tokensRevoked = 0

    // MARK: Calls

    mutating func callBegan(_ endpoint: SimulatedEndpoint) {
        calls[endpoint, default: Calls()].count += 1
        inFlight += 1
        maximumInFlight = max(maximumInFlight, inFlight)
    }

    mutating func callEnded() { inFlight -= 1 }

    mutating func count(_ endpoint: SimulatedEndpoint, _ outcome: Outcome) {
        calls[endpoint, default: Calls()].outcomes[outcome, default: 0] += 1
    }

    mutating func count(_ endpoint: SimulatedEndpoint, _ code: SimulatedErrorCode) {
        count(endpoint, .refused)
        calls[endpoint, default: Calls()].errorCodes[code.rawValue, default: 0] += 1
    }

    mutating func asked(application: UInt64) {
        if !applications.insert(application).inserted { repeatedQueries += 1 }
    }

    mutating func tokensRevoked(_ count: Int) { tokensRevoked += count }

    // MARK: Accounts

    mutating func queried(by appid: String, at wallTime: WallTime) { self[appid].queried(at: wallTime) }

    mutating func refusedToken(of appid: String) { self[appid].refusedToken() }

    mutating func askedForToken(_ endpoint: SimulatedEndpoint, by appid: String) {
        self[appid].askedForToken(endpoint)
    }

    mutating func tokenIssued(to appid: String) { self[appid].tokenIssued() }

    mutating func refreshed(_ appid: String) { self[appid].refreshed() }

    private subscript(appid: String) -> SimulatedAccountStatistics {
        get { accounts[appid, default: SimulatedAccountStatistics()] }
        _modify { yield &accounts[appid, default: SimulatedAccountStatistics()] }
    }
}
