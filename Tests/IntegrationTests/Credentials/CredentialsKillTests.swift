internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing
internal import WeChat

/// A process is killed before each system call by which it replaces a record, one after the other, with SIGKILL: strace
/// sends it at the call's entry, and the kernel then does not make the call.
@Suite(
    .enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace: Docker/setup.sh --tests"),
    .disabled(if: isSanitized, "a sanitizer's own search for leaks does not work under strace"),
    .timeLimit(.minutes(3)))
struct CredentialsKillTests {
    private static let account = CredentialName.account("wx2")

    @Test(arguments: [false, true])
    func aKillAtAnyStepOfAWriteLeavesTheOldRecordOrTheNew(besideALeftover: Bool) async throws {
        try await CredentialsFixture.with { fixture in
            var walk = Walk(fixture: fixture, hasLeftover: besideALeftover)
            try await walk.put()
            let calls = try await walk.callsOfAPut()
            try checkOrder(of: calls, fixture)
            for name in Set(calls.map(\.name)).sorted() {
                var number = 1
                while try await walk.isKilled(at: name, number) { number += 1 }
                #expect(number > 1, "\(name) was not reached")
            }
            print("killed at \(walk.steps) steps of a write: \(walk.old) left the old record, \(walk.new) the new one")
            #expect(walk.steps >= 20)
            // Both sides of the rename were met.
            #expect(walk.old > 5 && walk.new > 1)
        }
    }

    /// A rename that reaches the disk before the bytes do would leave an empty file after a power failure, which no kill
    /// of a process shows.
    private func checkOrder(of calls: [Walk.Call], _ fixture: CredentialsFixture) throws {
        let names = calls.map(\.name)
        let write = try #require(names.lastIndex(of: "write"))
        let rename = try #require(names.lastIndex { $0.hasPrefix("rename") })
        let syncs = names.indices.filter { names[$0] == "fsync" }
        #expect(names.firstIndex(of: "flock").map { $0 < write } == true)
        #expect(syncs.contains { (write..<rename).contains($0) }, "the file is not synced before it is renamed")
        #expect(syncs.contains { $0 > rename }, "the directory is not synced after the rename")
    }

    /// The same record, put again and again.
    private struct Walk {
        struct Call {
            let name: String
        }

        let fixture: CredentialsFixture
        let hasLeftover: Bool
        private(set) var steps = 0
        private(set) var old = 0
        private(set) var new = 0
        private var generation = 0

        init(fixture: CredentialsFixture, hasLeftover: Bool) {
            self.fixture = fixture
            self.hasLeftover = hasLeftover
        }

        mutating func put() async throws {
            generation += 1
            let (status, _, errors) = try await fixture.run(try arguments)
            #expect(status == 0, "\(errors)")
            let found = try fixture.record(account)
            #expect(found == record(generation))
        }

        /// What a put does with the files of the record and their directory.
        mutating func callsOfAPut() async throws -> [Call] {
            generation += 1
            try layLeftover()
            let log = try fixture.file("")
            let (status, _, errors) = try await fixture.run(try arguments, strace: strace + ["-o", log])
            try #require(status == 0, "\(errors)")
            return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").compactMap { line in
                guard let match = line.wholeMatch(of: /\d+ +([a-z0-9_]+)\(.*/) else { return nil }
                return Call(name: String(match.1))
            }
        }

        /// Kills a put at the `number`th call of that name, and looks at what that leaves.
        ///
        /// - Returns: false if it makes no such call, and ended well.
        mutating func isKilled(at name: String, _ number: Int) async throws -> Bool {
            try #require(number < 100)
            try layLeftover()
            generation += 1
            let injection = ["-o", "/dev/null", "-e", "inject=\(name):signal=SIGKILL:when=\(number)"]
            let (status, _, errors) = try await fixture.run(try arguments, strace: strace + injection)
            let found = try fixture.record(account)
            if status == 0 {
                #expect(found == record(generation))
                return false
            }
            try #require(status == 128 + SIGKILL, "\(errors)")
            let place: Comment = "killed at \(name) \(number)"
            let isOld = found == record(generation - 1)
            #expect(isOld || found == record(generation), place)
            steps += 1
            if isOld { old += 1 } else { new += 1 }
            #expect(isLockFree, place)
            try await put()
            #expect(!FileManager.default.fileExists(atPath: fixture.path(".account-wx2.tmp")), place)
            return true
        }

        private var strace: [String] {
            let files = ["account-wx2.json", ".account-wx2.tmp", ".account-wx2.lock"].map(fixture.path)
            return ["-f", "-qq"] + ([fixture.directory] + files).flatMap { ["-P", $0] }
        }

        private var arguments: [String] {
            get throws {
                [
                    "put", "authorized", "--component", "wx1", "--account", "wx2", "--refresh-token-file",
                    try fixture.file(token(generation)),
                ]
            }
        }

        /// Of many lengths, so that one written over another would be seen.
        private func token(_ generation: Int) -> String {
            "refreshtoken@@@\(generation)-" + String(repeating: "x", count: generation * 37 % 101)
        }

        private func record(_ generation: Int) -> CredentialRecord {
            var record = CredentialRecord()
            record.component = "wx1"
            record.refreshToken = token(generation)
            return record
        }

        /// As a process that was killed earlier has left it.
        private func layLeftover() throws {
            guard hasLeftover else { return }
            try Data(#"{"format":1,"refresh_tok"#.utf8).write(
                to: URL(fileURLWithPath: fixture.path(".account-wx2.tmp")))
        }

        private var isLockFree: Bool {
            let descriptor = open(fixture.path(".account-wx2.lock"), O_RDONLY | O_CLOEXEC)
            defer { close(descriptor) }
            return flock(descriptor, LOCK_EX | LOCK_NB) == 0
        }
    }
}
