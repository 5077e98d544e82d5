internal import Foundation
internal import Synchronization
internal import TestSupport
internal import Testing

/// The reply topics of all tests on the shared broker: what workers put there is a reply, each of them.
enum ReplyTopics {
    private static let names = Mutex<[String]>([])

    static func add(_ topics: [String]) { names.withLock { $0 += topics } }

    /// For a test that writes records of its own there.
    static func remove(_ topics: [String]) { names.withLock { $0.removeAll(where: topics.contains) } }

    /// Has them read, and put before the validator, by a program that shares no code with the worker.
    fileprivate static func validate() async throws {
        let names = names.withLock { $0 }
        guard let brokers = KafkaBroker.bootstrap, !names.isEmpty else { return }
        let tests = PackageFolder.path + "/Tests/"
        try await withChildProcess(
            .path("/bin/bash"), arguments: [tests + "python.sh", tests + "validate.py", "topics", brokers] + names
        ) { validator in
            let status = try await validator.waitForExit(timeout: .seconds(300))
            let said = validator.lines.map(\.text).joined(separator: "\n")
            print("in the end: \(said)")
            #expect(status == 0, "\(said)")
        }
    }
}

/// Validates, after the last test of a suite, every reply that its workers published.
struct ReplyValidationTrait: SuiteTrait, TestScoping {
    /// Around the suite as a whole.
    var isRecursive: Bool { false }

    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await function()
        try await ReplyTopics.validate()
    }
}

extension Trait where Self == ReplyValidationTrait {
    static var validatesReplies: Self { Self() }
}
