internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Accounts in trouble: their own jobs are answered or wait, and the others go on as before.
    @Suite struct AccountInTroubleTests {
        private static let (troubled, others) = ("wxtroubled1", ["wxother1", "wxother2"])
        private static let settings = ["api.concurrency=24", "shutdown.drain=1s"]

        struct Trouble: CustomStringConvertible {
            let name: String
            var accounts = [troubled]
            /// The simulator's flags.
            let begin: [String]
            var settings: [String] = []
            /// Of the troubled accounts' failed jobs.
            let kinds: Set<String>

            var description: String { name }
        }

        private static let troubles = [
            Trouble(name: "on hold, answered", begin: ["--error", "\(troubled):48001"], kinds: ["permission"]),
            Trouble(
                name: "on hold, waiting", begin: ["--error", "\(troubled):48001"], settings: ["account.hold=wait"],
                kinds: ["rate_limited"]),
            Trouble(name: "slow", begin: ["--account-latency", "\(troubled)=2s"], kinds: ["rate_limited"]),
            Trouble(
                name: "slower than its time limit", begin: ["--account-latency", "\(troubled)=3s"],
                settings: ["api.timeout=1s"], kinds: ["rate_limited", "timeout"]),
            Trouble(
                name: "slower than the others", begin: ["--account-latency", "\(troubled)=60ms"],
                kinds: ["rate_limited"]),
            Trouble(
                name: "beyond its rate", begin: [], settings: ["account.\(troubled).rate=9000/m"],
                kinds: ["rate_limited"]),
            Trouble(
                name: "and another on hold, waiting", accounts: [troubled, "wxtroubled2"],
                begin: ["--error", "\(troubled):48001", "--error", "wxtroubled2:48001"],
                settings: ["account.hold=wait"], kinds: ["rate_limited"]),
            Trouble(name: "without quota", begin: ["--daily-quota", "\(troubled):1"], kinds: ["quota_exhausted"]),
        ]

        @Test(arguments: troubles) func theOthersGoOnAsBefore(trouble: Trouble) async throws {
            let topics = try TestTopics(partitions: 4)
            let accounts = trouble.accounts + Self.others
            let jobs = 16_000
            try await topics.publish((1...jobs).map { topics.job($0, account: accounts[$0 % accounts.count]) })
            try await withSimulator(["--latency", "20ms"] + accounts.flatMap { ["--account", "\($0)=s"] }) {
                simulator in
                let secrets = accounts.map { "account.\($0).secret=s" }
                let settings = Self.settings + secrets + trouble.settings
                try await withWorker(topics, api: simulator.url, secret: nil, settings: settings) { worker in
                    _ = try await topics.replies(1_000)
                    let before = try await rate(of: simulator)
                    try await simulator.set(trouble.begin)
                    // What the account holds at first is not yet known to be slow.
                    _ = try await topics.replies(within: .seconds(60)) { trouble.kinds.contains($0.kind ?? "") }
                    let during = try await rate(of: simulator)
                    print(
                        """
                        one account \(trouble): the others' calls per second \(Int(before)) before, \(Int(during)) \
                        during, ratio \((during / before * 100).rounded() / 100)
                        """)
                    // The figures are for people: a busy machine may be slower in one second than in another. What may not
                    // happen is that the others stand still.
                    #expect(during > before / 2)
                    worker.terminate()
                    try await worker.waitForExit()
                }
            }
            let replies = try await topics.allReplies()
            let own = replies.filter { Self.others.contains($0.account ?? "") }
            #expect(own.allSatisfy { $0.outcome == "succeeded" })
            let failed = replies.filter { $0.outcome == "failed" }
            #expect(!failed.isEmpty)
            #expect(failed.allSatisfy { trouble.kinds.contains($0.kind ?? "") })
            // Nobody knows when a slow account will be quick.
            #expect(failed.allSatisfy { $0.retryAt != nil || $0.kind == "timeout" })
            try await expectValid(replies.map(\.text))
        }

        /// Calls for the other accounts, each second, over two of them.
        private func rate(of simulator: SimulatorProcess) async throws -> Double {
            let first = try await simulator.currentStatistics()
            let start = ContinuousClock.now
            // A rate is measured in real time.
            try await Task.sleep(for: .seconds(2))
            let last = try await simulator.currentStatistics()
            let calls = Self.others.reduce(0) { $0 + last.queries(for: $1) - first.queries(for: $1) }
            return Double(calls) / (ContinuousClock.now - start).inSeconds
        }
    }
}

extension Duration {
    fileprivate var inSeconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
