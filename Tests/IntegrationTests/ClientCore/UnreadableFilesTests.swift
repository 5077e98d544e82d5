internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Files that can't be read while a worker runs: whom they concern is on hold, and nothing else stands still.
    @Suite struct UnreadableFilesTests {
        private static let (account, other) = ("wxfile1", "wxother1")
        private static let accounts = ["--account", "\(account)=s3cret", "--account", "\(other)=s"]
        private static let needsLeases: Comment = "needs a file system with leases"

        @Test func pipeInPlaceOfASecretHoldsUpItsAccountOnly() async throws {
            try await withTemporaryFile("s3cret") { file in
                try await expectAHold("it is a pipe", file: file) {
                    try FileManager.default.removeItem(atPath: file)
                    try #require(mkfifo(file, 0o600) == 0)
                } mend: {
                    // Renamed to its place.
                    try "s3cret".write(toFile: file, atomically: true, encoding: .utf8)
                }
            }
        }

        @Test(.enabled(if: FileLease.isAvailable, needsLeases))
        func secretThatHangsHoldsUpItsAccountOnly() async throws {
            try await withTemporaryFile("s3cret") { file in
                var lease: FileLease?
                try await expectAHold("within 1 s", file: file) {
                    lease = try FileLease(file)
                } mend: {
                    #expect(lease?.isWanted == true)
                    lease?.giveUp()
                }
            }
        }

        /// - Parameters:
        ///   - reason: why the secret's `file` cannot be read, after `damage` and before `mend`.
        private func expectAHold(
            _ reason: String, file: String, damage: () throws -> Void, mend: () throws -> Void
        ) async throws {
            let topics = try TestTopics(partitions: 2)
            try await withSimulator(Self.accounts) { simulator in
                let settings = [
                    "account.\(Self.account).secret.file=\(file)", "account.\(Self.other).secret=s",
                    "api.token.timeout=1s",
                ]
                try await withWorker(topics, api: simulator.url, secret: nil, settings: settings) { worker in
                    try await topics.publish([topics.job(1, account: Self.account)])
                    #expect(try await topics.replies(1).map(\.outcome) == ["succeeded"])
                    try damage()
                    try await simulator.revoke(account: Self.account)
                    try await topics.publish([topics.job(2, account: Self.account)])
                    let line = try await worker.waitForLine(containing: "access token could not be fetched")
                    #expect(line.text.contains("the secret of account \(Self.account) cannot be read"))
                    #expect(line.text.contains(reason))
                    #expect(line.text.contains(#""kind":"credentials""#))
                    try await topics.publish((3...502).map { topics.job($0, account: Self.other) })
                    let replies = try await topics.replies(502)
                    #expect(replies.filter { $0.account == Self.other }.allSatisfy { $0.outcome == "succeeded" })
                    #expect(replies.first { $0.jobID == "job-2" }?.kind == "credentials")
                    try mend()
                    try await worker.waitForLine(containing: "access token fetched", from: line.number)
                    try await topics.publish([topics.job(503, account: Self.account)])
                    let last = try await topics.replies(503).first { $0.jobID == "job-503" }
                    #expect(last?.outcome == "succeeded")
                    try await worker.endInOrder()
                }
            }
            try await expectEachAnsweredOnce(topics, 503)
        }

        /// The worker looks each second whether the secret has been corrected.
        @Test(.enabled(if: FileLease.isAvailable, needsLeases))
        func shutDownWaitsForNoSecretThatHangs() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryFile("wrong") { file in
                try await withSimulator(Self.accounts) { simulator in
                    let settings = ["account.\(Self.account).secret.file=\(file)"]
                    try await withWorker(topics, api: simulator.url, secret: nil, settings: settings) { worker in
                        try await worker.waitForLine(containing: "access token could not be fetched")
                        let lease = try FileLease(file)
                        try await lease.waitUntilWanted()
                        try await worker.endInOrder(within: .seconds(20))
                    }
                }
            }
        }

        @Test(.enabled(if: FileLease.isAvailable, needsLeases))
        func shutDownWaitsForNoConfigurationThatHangs() async throws {
            try await withTemporaryFile("s3cret") { file in
                let lease = try FileLease(file)
                let arguments = ["run", "--set", "account.\(Self.account).secret.file=\(file)"]
                try await withChildProcess(.product("query-worker"), arguments: arguments) { worker in
                    try await lease.waitUntilWanted()
                    try await worker.endInOrder(within: .seconds(20))
                }
            }
        }

        /// The store removes what a process left that was killed in the middle of a write, in the record's lock.
        @Test(.enabled(if: FileLease.isAvailable, needsLeases))
        func shutDownWaitsForNoCredentialStoreThatHangs() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryDirectory { directory in
                for name in [".account-\(Self.account).tmp", ".account-\(Self.account).lock"] {
                    try "".write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
                }
                let lease = try FileLease("\(directory)/.account-\(Self.account).lock")
                let settings = [
                    "account.\(Self.account).mode=token", "account.\(Self.account).secret=s3cret",
                    "credentials.store=file", "credentials.directory=\(directory)",
                ]
                // Nobody is asked: there is no token without the store.
                try await withWorker(topics, api: "http://127.0.0.1:1", secret: nil, settings: settings) { worker in
                    try await lease.waitUntilWanted()
                    try await worker.endInOrder(within: .seconds(20))
                }
            }
        }
    }
}
