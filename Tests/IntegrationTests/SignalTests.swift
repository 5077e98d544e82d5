internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// SIGHUP, and readers of the log that go away. For SIGTERM see `ShutDownTests`.
    @Suite struct SignalTests {
        private static let (account, other) = (SimulatorProcess.account, "wxother1")
        private static let accounts = ["--account", "\(other)=right-HUSH"]

        /// A worker with what `configuration` says in a file that the test may change.
        private func withConfiguredWorker(
            _ topics: TestTopics, _ simulator: SimulatorProcess, file: String, settings: [String] = [],
            _ body: (ChildProcess) async throws -> Void
        ) async throws {
            let arguments = topics.arguments(api: simulator.url, secret: nil, settings: settings)
            try await withChildProcess(
                .product("query-worker"), arguments: ["run", "--config", file] + arguments, body)
        }

        private func configuration(_ lines: String...) -> String {
            (["account.\(Self.account).secret=\(SimulatorProcess.secret)"] + lines).joined(separator: "\n")
        }

        private func write(_ text: String, to file: String) throws {
            try text.write(toFile: file, atomically: true, encoding: .utf8)
        }

        @Test func sighupAppliesLevelRateAndSecretsAndNamesWhatNeedsARestart() async throws {
            let topics = try TestTopics(partitions: 1)
            let secret = "account.\(Self.other).secret"
            let rate = "account.\(Self.account).rate"
            try await withTemporaryFile(configuration("\(rate)=1/h", "\(secret)=wrong-HUSH")) { file in
                try await withSimulator(Self.accounts) { simulator in
                    try await withConfiguredWorker(topics, simulator, file: file) { worker in
                        try await worker.waitForLine(containing: "access token could not be fetched")
                        // The second one would wait for an hour.
                        try await topics.publish([1, 2].map { topics.job($0, account: Self.account) })
                        _ = try await topics.replies(1)
                        try write(configuration("\(secret)=right-HUSH", "log.level=debug", "api.timeout=4s"), to: file)
                        worker.send(signal: SIGHUP)
                        let line = try await worker.waitForLine(containing: "configuration read again")
                        #expect(line.text.contains(#""applied":"\#(rate) \#(secret) log.level""#), "\(line.text)")
                        let rest = try await worker.waitForLine(containing: "takes effect with a restart only")
                        #expect(rest.text.contains(#""keys":"api.timeout""#), "\(rest.text)")
                        _ = try await topics.replies(2)
                        try await worker.waitForLine(
                            containing: #""access token fetched","account":"\#(Self.other)""#, from: line.number)
                        try await topics.publish([topics.job(3, account: Self.other)])
                        #expect(try await topics.replies(3).allSatisfy { $0.outcome == "succeeded" })
                        try await worker.waitForLine(containing: #""job succeeded","job_id":"job-3""#)
                        try await worker.endInOrder()
                        #expect(!worker.lines.contains { $0.text.contains("HUSH") })
                    }
                }
            }
            try await expectEachAnsweredOnce(topics, 3)
        }

        @Test func sighupWithABrokenFileChangesNothingAndNamesEveryProblem() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryFile(configuration()) { file in
                try await withSimulator { simulator in
                    try await withConfiguredWorker(topics, simulator, file: file) { worker in
                        try await worker.waitForLine(containing: #""message":"assigned""#)
                        try write(configuration("log.level=debug", "api.timeout=soon", "retry.atempts=3"), to: file)
                        worker.send(signal: SIGHUP)
                        let line = try await worker.waitForLine(containing: "configuration not applied")
                        #expect(line.text.contains("api.timeout: should be"), "\(line.text)")
                        #expect(line.text.contains("did you mean retry.attempts?"), "\(line.text)")
                        try FileManager.default.removeItem(atPath: file)
                        worker.send(signal: SIGHUP)
                        try await worker.waitForLine(containing: "No such file", from: line.number + 1)
                        try await topics.publishJobs(1...1)
                        _ = try await topics.replies(1)
                        try write(configuration(), to: file)
                        worker.send(signal: SIGHUP)
                        let again = try await worker.waitForLine(containing: "configuration read again")
                        #expect(again.text.contains(#""applied":"""#), "\(again.text)")
                        try await worker.endInOrder()
                        #expect(!worker.lines.contains { $0.text.contains(#""level":"debug""#) })
                    }
                }
            }
        }

        @Test(.enabled(if: FileLease.isAvailable, "needs a file system with leases"))
        func sighupWithAFileThatHangsHoldsUpNothing() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withTemporaryFile(configuration()) { file in
                try await withSimulator { simulator in
                    try await withConfiguredWorker(topics, simulator, file: file) { worker in
                        try await worker.waitForLine(containing: #""message":"assigned""#)
                        let lease = try FileLease(file)
                        worker.send(signal: SIGHUP)
                        try await lease.waitUntilWanted()
                        worker.send(signal: SIGHUP)
                        try await worker.waitForLine(containing: "configuration is still being read")
                        try await topics.publishJobs(1...10)
                        _ = try await topics.replies(10)
                        #expect(!worker.lines.contains { $0.text.contains("configuration read again") })
                        lease.giveUp()
                        let line = try await worker.waitForLine(containing: "configuration read again")
                        try await worker.waitForLine(containing: "configuration read again", from: line.number + 1)
                        try await worker.endInOrder()
                    }
                }
            }
        }

        @Test func sighupWhileItStartsOrDrainsDoesNoHarm() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...2)
            try await withTemporaryDirectory { directory in
                let pipe = directory + "/worker.conf"
                try #require(mkfifo(pipe, 0o600) == 0)
                try await withSimulator(["--hang-id", "580000010=10m"]) { simulator in
                    let settings = ["shutdown.drain=1s", "api.timeout=10m", "job.timeout=1h"]
                    try await withConfiguredWorker(topics, simulator, file: pipe, settings: settings) { worker in
                        // Returns when the worker has begun to read, with the pipe empty.
                        let writer = try await onOwnThread { FileHandle(forWritingAtPath: pipe) }
                        worker.send(signal: SIGHUP)
                        try writer?.write(contentsOf: Data(configuration().utf8))
                        try writer?.close()
                        let line = try await worker.waitForLine(containing: "configuration not applied")
                        #expect(line.text.contains("it is a pipe"), "\(line.text)")
                        _ = try await topics.replies(1)
                        worker.terminate()
                        let draining = try await worker.waitForLine(containing: #""message":"draining""#)
                        worker.send(signal: SIGHUP)
                        try await worker.waitForLine(containing: "configuration not applied", from: draining.number)
                        #expect(try await worker.waitForExit() == 0)
                    }
                }
            }
        }

        @Test func sighupEndsOtherCommandsAsEver() async throws {
            try await withSimulator { simulator in
                simulator.process.send(signal: SIGHUP)
                let status = try await simulator.process.waitForExit()
                #expect(status == 128 + SIGHUP)
            }
        }

        @Test func sigintDrainsAsSigtermDoes() async throws {
            let topics = try TestTopics(partitions: 1)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    try await worker.waitForLine(containing: #""message":"subscribed""#)
                    worker.send(signal: SIGINT)
                    #expect(try await worker.waitForExit() == 0)
                    #expect(worker.lines.contains { $0.text.contains(#""message":"drained""#) })
                }
            }
        }

        /// Its lines are dropped, and nothing waits for it, least of all the event loop.
        @Test func itGoesOnWhenTheReaderOfItsLogStalls() async throws {
            let topics = try TestTopics(partitions: 1)
            // The log is read up to the line that tells where the admin port is.
            let script = #"""
                pipe=$(mktemp -u) && mkfifo "$pipe" && exec 3<> "$pipe" && rm "$pipe"
                "$0" "$@" 2>&3 & pid=$!; echo "pid $pid"
                while read -r line <&3; do
                    echo "$line"
                    case $line in *'"message":"admin port"'*) break ;; esac
                done
                wait $pid; echo "ended with $?"
                """#
            try await withSimulator { simulator in
                let worker = try BuildProducts.executable(named: "query-worker")
                let run = ["run"] + topics.arguments(api: simulator.url, settings: [AdminClient.setting])
                try await withChildProcess(.path("/bin/bash"), arguments: ["-c", script, worker] + run) { shell in
                    let line = try await shell.waitForLine(containing: "pid ").text
                    let pid = try #require(Int32(line.dropFirst(4)))
                    defer { kill(pid, SIGKILL) }
                    let admin = try await AdminClient(shell)
                    try await admin.waitUntilReady()
                    // Each failure is a line; all together are more than the pipe and the memory for lines hold.
                    try await topics.publish((1...8_000).map { topics.job($0, account: "wxunknown1") })
                    _ = try await topics.replies(8_000)
                    try await admin.metrics { ($0.value("query_worker_log_lines_dropped_total") ?? 0) > 0 }
                    #expect(try await admin.isAlive())
                    #expect(try await admin.findings() == [:])
                    kill(pid, SIGTERM)
                    try await shell.waitForLine(containing: "ended with 0")
                }
            }
            try await expectEachAnsweredOnce(topics, 8_000)
        }

        /// Its lines are lost, and nothing else is.
        @Test func itGoesOnWhenTheReaderOfItsLogHasGone() async throws {
            let topics = try TestTopics(partitions: 1)
            let script = #""$0" "$@" 2> >(head -n 1) & pid=$!; echo "pid $pid"; wait $pid; echo "ended with $?""#
            try await withSimulator { simulator in
                let worker = try BuildProducts.executable(named: "query-worker")
                let arguments = ["-c", script, worker, "run"] + topics.arguments(api: simulator.url)
                try await withChildProcess(.path("/bin/bash"), arguments: arguments) { shell in
                    let line = try await shell.waitForLine(containing: "pid ").text
                    let pid = try #require(Int32(line.dropFirst(4)))
                    defer { kill(pid, SIGKILL) }
                    // The first line, which is all that is read.
                    try await shell.waitForLine(containing: #""level":"warning""#)
                    // Each failure would be a line.
                    try await topics.publish((1...100).map { topics.job($0, account: "wxunknown1") })
                    _ = try await topics.replies(100)
                    kill(pid, SIGTERM)
                    try await shell.waitForLine(containing: "ended with 0")
                }
            }
            try await expectEachAnsweredOnce(topics, 100)
        }
    }
}
