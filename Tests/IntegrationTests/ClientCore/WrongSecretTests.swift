internal import Foundation
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// A secret that WeChat refuses is the operator's to correct; meanwhile no job is touched.
    @Suite struct WrongSecretTests {
        @Test func noJobIsTakenUntilTheSecretFileIsCorrected() async throws {
            let topics = try TestTopics(partitions: 2)
            try await topics.publishJobs(1...100)
            try await withTemporaryFile("wrong-secret-nobody-should-see") { file in
                try await withSimulator { simulator in
                    let settings = ["account.\(SimulatorProcess.account).secret.file=\(file)"]
                    try await withWorker(topics, api: simulator.url, secret: nil, settings: settings) { worker in
                        let line = try await worker.waitForLine(containing: "access token could not be fetched").text
                        #expect(line.contains(#""kind":"credentials""#))
                        #expect(line.contains(#""level":"warning""#))
                        #expect(!worker.lines.contains { $0.text.contains(#""message":"subscribed""#) })
                        #expect(try await topics.memberCount() == 0)
                        try SimulatorProcess.secret.write(toFile: file, atomically: true, encoding: .utf8)
                        let corrected = ContinuousClock.now
                        let replies = try await topics.replies(100)
                        print("secret corrected: all replies \(ContinuousClock.now - corrected) later")
                        #expect(replies.allSatisfy { $0.outcome == "succeeded" })
                        try await worker.endInOrder()
                        #expect(!worker.lines.contains { $0.text.contains("nobody-should-see") })
                    }
                }
            }
            try await expectEachAnsweredOnce(topics, 100)
        }
    }
}
