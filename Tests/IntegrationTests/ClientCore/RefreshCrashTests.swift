internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// A process that refreshes a merchant's token is killed at each of its steps. WeChat hands out a new refresh token with
    /// every refresh, and takes the old one for a while longer, or not at all.
    @Suite(
        .enabled(if: access("/usr/bin/strace", X_OK) == 0, "needs strace: Docker/setup.sh --tests"),
        .disabled(if: isSanitized, "a sanitizer's own search for leaks does not work under strace"))
    struct RefreshCrashTests {
        private static let (component, account) = ("wxcomponent1", "wxmerchant1")
        /// A worker with one account subscribes when it has a token.
        private static let done = #""message":"subscribed""#
        /// What replaces a record: lock, new file, its bytes, rename; see `CredentialsKillTests` for the writing alone.
        private static let fileSteps = ["flock", "openat", "write", "fsync", "rename,renameat,renameat2"]

        @Test func refreshTokenSurvivesAKillAtEveryStep() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryDirectory { directory in
                let platform = [
                    "--component", "\(Self.component)=component-secret", "--ticket", "\(Self.component)=t1cket",
                    "--merchant", "\(Self.component)/\(Self.account)=r0", "--rotate-refresh-tokens",
                    // The harshest: who loses the new one has nothing left but WeChat's list.
                    "--refresh-grace", "0s",
                    // So short that every process refreshes it.
                    "--token-ttl", "100s", "--latency", "1ms",
                ]
                try await withSimulator(platform) { simulator in
                    let credentials = CredentialsDirectory(directory)
                    try await credentials.put(ticket: "t1cket", of: Self.component)
                    try await credentials.put(refreshToken: "r0", of: Self.account, for: Self.component)
                    let arguments =
                        ["run"] + topics.arguments(api: simulator.url, secret: nil, settings: settings(directory))
                    try await expectAToken(arguments, "without a kill")
                    try await expectNothingIsLostBySIGTERM(arguments, simulator)
                    var steps = try await killInTheCall(arguments, simulator)
                    for name in Self.fileSteps {
                        var number = 1
                        while try await isKilled(at: name, number, arguments, directory) {
                            try await expectAToken(arguments, "killed at \(name) \(number)")
                            (number, steps) = (number + 1, steps + 1)
                        }
                        #expect(number > 1, "\(name) was not reached")
                    }
                    let statistics = try await simulator.currentStatistics()
                    print(
                        """
                        killed at \(steps) steps of a refresh: \
                        \(statistics.accounts[Self.account]?.refreshes ?? 0) refreshes, \
                        \(statistics.errcodes["61023"] ?? 0) refused refresh tokens, \
                        \(statistics.api_get_authorizer_list.calls) lists asked for
                        """)
                    #expect(steps >= 8)
                }
            }
        }

        private func settings(_ directory: String) -> [String] {
            [
                "credentials.store=file", "credentials.directory=\(directory)",
                "component.\(Self.component).secret=component-secret", "account.\(Self.account).mode=authorizer",
                "account.\(Self.account).component=\(Self.component)",
            ]
        }

        private func expectAToken(_ arguments: [String], _ after: String) async throws {
            try await withChildProcess(.product("query-worker"), arguments: arguments) { process in
                do { try await process.waitForLine(containing: Self.done) } catch {
                    Issue.record("\(after): \(error), \(process.lines.suffix(3).map(\.text))")
                }
            }
        }

        /// WeChat has handed the new refresh token out, and nobody hears of it.
        private func killInTheCall(_ arguments: [String], _ simulator: SimulatorProcess) async throws -> Int {
            try await whileItCalls(arguments, simulator, latency: "2s") { process in
                process.kill()
                try await process.waitForExit()
            }
            try await expectAToken(arguments, "killed in the call")
            return 1
        }

        /// A process that is asked to end waits for the answer, and stores it.
        private func expectNothingIsLostBySIGTERM(_ arguments: [String], _ simulator: SimulatorProcess) async throws {
            let before = try await simulator.currentStatistics()
            try await whileItCalls(arguments, simulator, latency: "1s") { process in
                process.terminate()
                let status = try await process.waitForExit()
                #expect(status == 0)
            }
            try await expectAToken(arguments, "ended in the call")
            let after = try await simulator.currentStatistics()
            #expect(after.errcodes["61023"] == before.errcodes["61023"])
            #expect(after.api_get_authorizer_list.calls == before.api_get_authorizer_list.calls)
        }

        /// Runs `body` when the refresh has reached WeChat, whose answer takes `latency`.
        private func whileItCalls(
            _ arguments: [String], _ simulator: SimulatorProcess, latency: String,
            _ body: (ChildProcess) async throws -> Void
        ) async throws {
            try await simulator.set(["--token-latency", latency])
            let before = try await simulator.currentStatistics().api_authorizer_token.calls
            try await withChildProcess(.product("query-worker"), arguments: arguments) { process in
                while try await simulator.currentStatistics().api_authorizer_token.calls == before {
                    await Task.yield()
                }
                try await body(process)
            }
            try await simulator.set(["--token-latency", "1ms"])
        }

        /// strace, which stays out of the way as a process of its own (-D), sends SIGKILL as the `number`th call of that name with the record's files begins.
        private func isKilled(
            at name: String, _ number: Int, _ arguments: [String], _ directory: String
        ) async throws -> Bool {
            try #require(number < 50)
            let files = [
                "account-\(Self.account).json", ".account-\(Self.account).tmp", ".account-\(Self.account).lock",
            ]
            let paths = [directory] + files.map { "\(directory)/\($0)" }
            let strace =
                ["-D", "-f", "-qq", "-o", "/dev/null"] + paths.flatMap { ["-P", $0] }
                + ["-e", "inject=\(name):signal=SIGKILL:when=\(number)"]
            let executable = try BuildProducts.executable(named: "query-worker")
            return try await withChildProcess(
                .path("/usr/bin/strace"), arguments: strace + [executable] + arguments
            ) { process in
                do {
                    try await process.waitForLine(containing: Self.done)
                    return false
                } catch { return try await process.waitForExit() == 128 + SIGKILL }
            }
        }
    }
}
