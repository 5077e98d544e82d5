internal import QueryWorker
internal import TestSupport
internal import Testing
internal import WeChat

/// A platform on a broker of its own, and its merchants. WeChat is the strictest: a refresh token is good once.
struct RefresherPlatform: Sendable {
    static let component = CredentialTopicFixture.component
    /// What a worker says that begins to refresh.
    static let refreshing = #""message":"refreshes credentials""#
    static let refreshesNoLonger = #""message":"refreshes credentials no longer""#

    let broker: TCPProxy
    let topics: TestTopics
    let credentials: CredentialTopicFixture
    let simulator: SimulatorProcess
    let merchants: [String]

    /// The one with the lowest name refreshes: the group gives the partition to the first of its members by name.
    func startWorker(_ name: String) throws -> ChildProcess {
        let settings =
            credentials.settings + [
                "kafka.client.id=\(name)", "kafka.session.timeout.ms=1500", "kafka.reconnect.backoff.max.ms=200",
            ]
        return try ChildProcess(
            .product("query-worker"),
            arguments: ["run"]
                + topics.arguments(api: simulator.url, instance: name, secret: nil, settings: settings))
    }

    func publishJob(_ number: Int, for account: String) async throws {
        try await topics.publish([topics.job(number, account: account)])
    }

    /// Until WeChat has replaced the account's first refresh token.
    func waitForRefresh(of account: String) async throws {
        try await poll("number of refreshes of \(account)") {
            try await simulator.currentStatistics().accounts[account]?.refreshes ?? 0
        } until: {
            $0 > 0
        }
    }

    /// The topic holds of each merchant what WeChat has handed out last, and never had an older one behind a newer.
    func expectThatNothingIsLost(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let statistics = try await simulator.currentStatistics()
        let records = try await credentials.records()
        for merchant in merchants {
            // What the refresher does not know to be committed, it commits once more.
            let tokens = records.tokens(of: .account(merchant)).withoutRepetitions
            let refreshes = statistics.accounts[merchant]?.refreshes ?? 0
            #expect(
                tokens.last?.refreshToken == Self.refreshToken(of: merchant, after: refreshes), "\(merchant)",
                sourceLocation: sourceLocation)
            let used = try tokens.map { try Self.refreshes(before: #require($0.refreshToken)) }
            #expect(used == used.sorted(), "\(merchant)", sourceLocation: sourceLocation)
            #expect(tokens.map(\.generation).isAscending, "\(merchant)", sourceLocation: sourceLocation)
        }
        // Before each call of WeChat an intent was committed, and no two instances had the same in mind.
        let intents = records.intents
        #expect(statistics.refreshingCalls <= intents.count, sourceLocation: sourceLocation)
        for (what, those) in Dictionary(grouping: intents, by: \.what) {
            #expect(Set(those.map(\.instance)).count == 1, "\(what)", sourceLocation: sourceLocation)
        }
    }

    /// As the simulator names them.
    static func refreshToken(of merchant: String, after refreshes: Int) -> String {
        "refresh-\(merchant)-\(refreshes + 1)"
    }

    private static func refreshes(before refreshToken: String) throws -> Int {
        let number = try #require(refreshToken.split(separator: "-").last.flatMap { Int($0) })
        return number - 1
    }
}

extension SimulatorProcess.Statistics {
    /// All that only the refresher may do.
    var refreshingCalls: Int {
        api_component_token.calls + api_authorizer_token.calls + api_query_auth.calls + token.calls
    }
}

/// - Parameter merchants: their number; they are `wxm1` and so on, and have authorised the platform.
func withRefresherPlatform(
    merchants count: Int, simulator flags: [String] = [], _ body: (RefresherPlatform) async throws -> Void
) async throws {
    let merchants = (1...count).map { "wxm\($0)" }
    let first = merchants.map { (merchant: $0, token: RefresherPlatform.refreshToken(of: $0, after: 0)) }
    let platform =
        CredentialTopicFixture.platform
        + first.flatMap { ["--merchant", "\(RefresherPlatform.component)/\($0.merchant)=\($0.token)"] }
        + ["--rotate-refresh-tokens", "--refresh-grace", "0s", "--latency", "1ms"]
    try await withKafkaCluster(brokers: 1) { cluster in
        var topics = try TestTopics(partitions: 2, bootstrap: cluster.directBootstrap)
        topics.workerBootstrap = cluster.bootstrap
        try await withTemporaryDirectory { directory in
            let credentials = try CredentialTopicFixture(topics, directory: directory)
            try await credentials.publishTicket()
            for (merchant, token) in first {
                try await credentials.publish(
                    plain: .authorizedByRefreshToken(
                        component: RefresherPlatform.component, account: merchant, refreshToken: token))
            }
            try await withSimulator(platform + flags) { simulator in
                try await body(
                    RefresherPlatform(
                        broker: cluster.proxy(of: 1), topics: topics, credentials: credentials, simulator: simulator,
                        merchants: merchants))
            }
        }
    }
}
