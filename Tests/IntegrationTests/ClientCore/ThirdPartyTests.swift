internal import Foundation
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// A third-party platform: merchants that no configuration names, tokens refreshed by their refresh tokens.
    @Suite struct ThirdPartyTests {
        private static let component = "wxcomponent1"
        private static let platform = [
            "--component", "\(component)=component-secret", "--ticket", "\(component)=t1cket",
        ]

        private static func settings(_ directory: String) -> [String] {
            [
                "credentials.store=file", "credentials.directory=\(directory)",
                "component.\(component).secret=component-secret", "component.\(component).accounts=any",
            ]
        }

        @Test func fiftyMerchantsAreServedByTwoInstancesWithOneRefreshEach() async throws {
            let topics = try TestTopics(partitions: 8)
            try await withTemporaryDirectory { directory in
                let merchants = (1...50).map { "wxm" + String(repeating: "0", count: 8 - "\($0)".count) + "\($0)" }
                try await topics.publish((1...5_000).map { topics.job($0, account: merchants[$0 % 50]) })
                let faults = [
                    "--merchants", "\(Self.component)=50", "--rotate-refresh-tokens", "--refresh-grace", "0s",
                ]
                try await withSimulator(["--latency", "5ms"] + Self.platform + faults) { simulator in
                    try await CredentialsDirectory(directory).put(ticket: "t1cket", of: Self.component)
                    try await withWorker(
                        topics, api: simulator.url, instance: "one", secret: nil, settings: Self.settings(directory)
                    ) { one in
                        try await withWorker(
                            topics, api: simulator.url, instance: "two", secret: nil,
                            settings: Self.settings(directory)
                        ) { two in
                            let replies = try await topics.replies(5_000)
                            let statistics = try await simulator.currentStatistics()
                            print(
                                """
                                50 merchants, two instances: \(statistics.api_component_token.calls) component \
                                tokens, \(statistics.api_authorizer_token.calls) refreshes, \
                                \(replies.count { $0.outcome == "succeeded" }) of 5000 succeeded
                                """)
                            let failed = replies.filter { $0.outcome != "succeeded" || $0.attempts != 1 }
                            #expect(failed.isEmpty, "\(failed.first?.text ?? "")")
                            #expect(statistics.api_component_token.calls == 1)
                            #expect(statistics.api_authorizer_token.calls == 50)
                            for worker in [one, two] { try await worker.endInOrder() }
                        }
                    }
                }
                try await expectEachAnsweredOnce(topics, 5_000)
            }
        }

        /// Its first job is answered, without a restart and without configuration; another's goes back to the publisher.
        @Test func merchantWhoAuthorisesWhileItRunsIsServed() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryDirectory { directory in
                let merchant = ["--merchant-code", "\(Self.component)/wxnew1=c0de"]
                try await withSimulator(["--latency", "5ms"] + Self.platform + merchant) { simulator in
                    try await CredentialsDirectory(directory).put(ticket: "t1cket", of: Self.component)
                    try await withWorker(
                        topics, api: simulator.url, secret: nil, settings: Self.settings(directory)
                    ) { worker in
                        try await worker.waitForLine(containing: #""message":"assigned""#)
                        try drop(
                            #"{"type":"authorized","component":"\#(Self.component)","account":"wxnew1","authorization_code":"c0de"}"#,
                            into: directory + "/inbox")
                        try await worker.waitForLine(containing: "wxnew1")
                        try await topics.publish([
                            topics.job(1, account: "wxnew1"), topics.job(2, account: "wxnobody1"),
                        ])
                        let replies = try await topics.replies(2).sorted { $0.jobID ?? "" < $1.jobID ?? "" }
                        #expect(replies.map(\.outcome) == ["succeeded", "failed"])
                        #expect(replies.last?.kind == "unknown_account")
                        try await worker.endInOrder()
                    }
                }
            }
        }

        /// As an event receiver does it: written elsewhere, then renamed.
        private func drop(_ event: String, into inbox: String) throws {
            let temporary = inbox + "/.event.tmp"
            try event.write(toFile: temporary, atomically: false, encoding: .utf8)
            try FileManager.default.moveItem(atPath: temporary, toPath: inbox + "/event.json")
        }
    }
}
