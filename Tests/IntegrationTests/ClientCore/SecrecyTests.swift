internal import Foundation
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Everything that a worker says, at the level that says most, through all the faults that make it speak of tokens.
    ///
    /// Tokens are searched for by their form, so that those are found too that were replaced meanwhile: the simulator's
    /// begin with `90_`, and the refresh tokens that it hands out with `refresh-`, as the first one does here.
    @Suite struct SecrecyTests {
        private static let component = "wxcomponent1"
        /// Each with a mark, so that a part of it would be found too.
        private static let secrets = [
            "appsecret-HUSH1", "legacysecret-HUSH2", "componentsecret-HUSH3", "ticket-HUSH4", "refresh-HUSH5",
            "refused-HUSH6",
        ]

        /// A piece of a token would do.
        private static func shows(_ text: String) -> Bool {
            text.contains(/90_[A-Za-z0-9_-]{16}|refresh-wxmerchant1|HUSH[1-6]/)
        }

        @Test func nothingSecretIsPrintedAtTraceLevel() async throws {
            let topics = try TestTopics(partitions: 4)
            let accounts = ["wxstable1", "wxlegacy1", "wxmerchant1", "wxwrong1"]
            try await topics.publish((1...2_000).map { topics.job($0, account: accounts[$0 % 4]) })
            try await withTemporaryDirectory { directory in
                let platform = [
                    "--account", "wxstable1=\(Self.secrets[0])", "--account", "wxlegacy1=\(Self.secrets[1])",
                    "--account", "wxwrong1=another", "--component", "\(Self.component)=\(Self.secrets[2])",
                    "--ticket", "\(Self.component)=\(Self.secrets[3])",
                    "--merchant", "\(Self.component)/wxmerchant1=\(Self.secrets[4])", "--rotate-refresh-tokens",
                ]
                let faults = ["--latency", "5ms", "--revoke-every", "100", "--busy-rate", "0.02", "--flap-rate", "0.1"]
                try await withSimulator(platform + faults) { simulator in
                    let credentials = CredentialsDirectory(directory)
                    try await credentials.put(ticket: Self.secrets[3], of: Self.component)
                    try await credentials.put(refreshToken: Self.secrets[4], of: "wxmerchant1", for: Self.component)
                    try await withWorker(
                        topics, api: simulator.url, secret: nil, settings: settings(directory)
                    ) { worker in
                        try await simulator.set(["--error-at-token", "wxlegacy1:40164=0.5", "--chinese"])
                        let replies = try await topics.replies(2_000)
                        try await worker.endInOrder()
                        // Not `lines`, which may have let the first of so many go.
                        let log = try String(contentsOfFile: worker.logPath, encoding: .utf8)
                        let said = log.split(separator: "\n").map(String.init) + replies.map(\.text)
                        let statistics = try await simulator.currentStatistics()
                        let issued = statistics.tokens_issued.values.reduce(0, +)
                        print("\(said.count) lines and replies searched for \(issued) tokens, and what they come from")
                        for text in said {
                            #expect(!Self.shows(text), "\(text.prefix(400))")
                            #expect(!text.contains("access_token="), "\(text.prefix(400))")
                        }
                        // The forms are those of the real ones: of every kind that the worker has stored, and of all that
                        // it was configured with. Most tokens have been replaced meanwhile.
                        let stored = tokens(in: directory)
                        let tokens = stored.count { $0.hasPrefix("90_") }
                        #expect(tokens >= 2)
                        #expect(stored.contains { $0.hasPrefix("refresh-wxmerchant1-") })
                        for secret in Self.secrets + stored { #expect(Self.shows("said: \(secret).")) }
                        #expect(issued > tokens + 2)
                        #expect((statistics.accounts["wxmerchant1"]?.refreshes ?? 0) > 2)
                        // It did speak of them.
                        #expect(said.contains { $0.contains("access token could not be fetched") })
                        #expect(said.contains { $0.contains("access token refused by WeChat") })
                    }
                }
            }
        }

        private func settings(_ directory: String) -> [String] {
            [
                "log.level=trace", "kafka.debug=all", "credentials.store=file", "credentials.directory=\(directory)",
                "account.wxstable1.secret=\(Self.secrets[0])", "account.wxlegacy1.mode=token",
                "account.wxlegacy1.secret=\(Self.secrets[1])", "account.wxwrong1.secret=\(Self.secrets[5])",
                "component.\(Self.component).secret=\(Self.secrets[2])", "account.wxmerchant1.mode=authorizer",
                "account.wxmerchant1.component=\(Self.component)",
            ]
        }

        /// Every long text that the store holds: access tokens, refresh tokens, tickets.
        private func tokens(in directory: String) -> [String] {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
            return files.filter { $0.hasSuffix(".json") }.flatMap { file -> [String] in
                let text = (try? String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)) ?? ""
                return text.split(separator: "\"").map(String.init).filter { value in
                    value.utf8.count > 20 && !value.contains(" ") && !value.contains(/^\d{4}-\d\d-/)
                }
            }
        }
    }
}
