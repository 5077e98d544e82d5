internal import Foundation
internal import QueryWorker
internal import TestSupport
internal import Testing
internal import WeChat

/// `query-worker credentials key` and `seal`: what they print is what an operator pipes on.
@Suite(.timeLimit(.minutes(1))) struct CredentialsSealTests {
    @Test func whatIsSealedWithAPrintedKeyOpensWithIt() async throws {
        try await CredentialsFixture.with { fixture in
            let lines = [try await key(["key", "2026"]), try await key(["key"])]
            #expect(lines[0].hasPrefix("2026:") && lines[1].prefix(13).wholeMatch(of: #/\d{4}-\d\d-\d\d:../#) != nil)
            let keys = try CredentialKeys(file: Array(lines.joined(separator: "\n").utf8))
            let ticket = try fixture.file("ticket@@@hush")
            let (status, output, errors) = try await run(
                ["seal", "ticket", "--component", "wxC", "--file", ticket],
                keyFile: fixture.file(lines.joined(separator: "\n")))
            #expect(status == 0 && output.count == 1 && errors.isEmpty, "\(errors)")
            #expect(!output.joined().contains("hush") && output.joined().contains(#""key_id":"2026""#))
            let record = try record(try #require(output.first), keys)
            guard case .event(let event, let receivedAt) = record else {
                Issue.record("\(record)")
                return
            }
            #expect(event == .ticket(component: "wxC", ticket: "ticket@@@hush") && receivedAt != nil)
        }
    }

    @Test func eventsOfStandardInputAreSealedAllOrNone() async throws {
        try await CredentialsFixture.with { fixture in
            let line = try await key(["key"])
            let keyFile = try fixture.file(line)
            let good = #"{"type":"unauthorized","component":"wxC","account":"wxA"}"#
            let code =
                #"{"type":"authorized","component":"wxC","account":"wxB","authorization_code":"queryauthcode@@@hush"}"#
            let (status, output, _) = try await run(
                ["seal"], keyFile: keyFile, input: fixture.file("\(good)\n\n\(code)"))
            #expect(status == 0)
            let keys = try CredentialKeys(file: Array(line.utf8))
            let names = try output.map { try record($0, keys).name }
            #expect(names == [.account("wxA"), .account("wxB")] && !output.joined().contains("hush"))

            let (refused, nothing, errors) = try await run(
                ["seal"], keyFile: keyFile, input: fixture.file("\(good)\n{\"type\":\"hush\",\"component\":\"wxC\"}"))
            #expect(refused == 70 && nothing.isEmpty && errors.count == 1)
            #expect(errors.joined().contains("line 2: type: should be ticket") && !errors.joined().contains("hush"))
        }
    }

    @Test func aKeyFileThatIsNoneIsNamedWithoutWhatStandsInIt() async throws {
        try await CredentialsFixture.with { fixture in
            let (status, _, errors) = try await run(
                ["seal", "unauthorized", "--component", "wxC", "--account", "wxA"], keyFile: fixture.file("k1:hush"))
            #expect(status == 78 && !errors.joined().contains("hush"), "\(errors)")
            #expect(errors.joined().contains("credentials.key.file: cannot use"), "\(errors)")
        }
    }

    private func key(_ arguments: [String]) async throws -> String {
        try await withChildProcess(.product("query-worker"), arguments: ["credentials"] + arguments) { process in
            let status = try await process.waitForExit()
            #expect(status == 0)
            return try #require(process.lines(of: .standardOutput).first)
        }
    }

    /// - Parameter input: the path of what it reads from standard input.
    private func run(
        _ arguments: [String], keyFile: String, input: String = "/dev/null"
    ) async throws -> (status: Int32, output: [String], errors: [String]) {
        let command =
            try [BuildProducts.executable(named: "query-worker"), "credentials"] + arguments
            + ["--set", "credentials.store=kafka", "--set", "credentials.key.file=\(keyFile)"]
        let script = #"file=$1; shift; exec "$@" < "$file""#
        return try await withChildProcess(.path("/bin/sh"), arguments: ["-c", script, "sh", input] + command) {
            process in
            let status = try await process.waitForExit()
            return (status, process.lines(of: .standardOutput), process.lines(of: .standardError))
        }
    }

    private func record(_ line: String, _ keys: CredentialKeys) throws -> CredentialTopicRecord {
        let parts = line.split(separator: "\t")
        try #require(parts.count == 2)
        return try CredentialTopicRecord(
            key: CredentialTopicKey(recordKey: Array(parts[0].utf8)), value: Array(parts[1].utf8), keys: keys)
    }
}
