internal import Foundation
internal import TestSupport
internal import Testing

/// What an operator reads when the configuration is wrong, from the executable itself.
@Suite struct ConfigurationErrorsTests {
    private func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String) {
        try await withChildProcess(.product("query-worker"), arguments: arguments, environment: environment) {
            process in
            let status = try await process.waitForExit(timeout: .seconds(30))
            return (status, process.lines.map(\.text).joined(separator: "\n"))
        }
    }

    @Test func namesEveryProblemAtOnce() async throws {
        let (status, output) = try await run([
            "run", "--set", "kafka.bootstrap.server=localhost:9092", "--set", "api.timeout=soon", "--set",
            "jobs.in.flight.max=-3", "--set", "retry.atempts=3",
        ])
        #expect(status == 78)
        #expect(output.contains("retry.atempts") && output.contains("retry.attempts"), "\(output)")
        #expect(output.contains("api.timeout") && output.contains("250ms"), "\(output)")
        #expect(output.contains("jobs.in.flight.max"), "\(output)")
        #expect(output.contains("did you mean kafka.bootstrap.servers?"), "\(output)")
        #expect(output.contains("kafka.bootstrap.servers: is not set"), "\(output)")
        #expect(output.contains("account."), "\(output)")
    }

    @Test(arguments: [
        ["run", "now"], ["config", "--jsn"], ["credentials", "get"], ["simulate", "--port", "1"], ["demo", "fast"],
        ["check", "--jsn"], ["submit"], ["rnu"],
        [],
    ])
    func refusesArgumentsThatMakeNoSense(_ arguments: [String]) async throws {
        let (status, output) = try await run(arguments)
        #expect(status == 64)
        #expect(output.contains("query-worker"))
    }

    @Test(arguments: ["run", "check", "config", "credentials", "demo", "simulate", "submit"])
    func explainsEveryCommand(_ command: String) async throws {
        let (status, output) = try await run([command, "--help"])
        #expect(status == 0)
        #expect(output.hasPrefix("Usage: query-worker \(command)"))
    }

    @Test func showsNoSecretWhateverItsSource() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "secret-\(UUID().uuidString)")
        try Data("hunter2-file\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let (status, output) = try await run(
            [
                "config", "--set", "kafka.bootstrap.servers=127.0.0.1:1", "--set", "account.wx1.secret=hunter2-set",
                "--set", "account.wx2.secret.file=\(file.path)",
            ],
            environment: [
                "QUERY_WORKER_KAFKA_SASL_PASSWORD": "hunter2-env", "QUERY_WORKER_ACCOUNT_WX3_SECRET": "hunter2-env",
            ])
        #expect(status == 0, "\(output)")
        #expect(output.contains("***"))
        #expect(!output.contains("hunter2"), "\(output)")
    }
}

extension OnRealKafka {
    @Suite struct StartTests {
        @Test func namesTheCommandThatCreatesAMissingTopic() async throws {
            let topics = try TestTopics(partitions: 1)
            let settings = ["jobs.topic=\(topics.jobs)-gone"]
            try await withWorker(topics, api: "http://127.0.0.1:1", settings: settings) { worker in
                let status = try await worker.waitForExit()
                #expect(status == 78)
                let output = worker.lines.map(\.text).joined(separator: "\n")
                #expect(output.contains("kafka-topics.sh"), "\(output)")
                #expect(output.contains("--create --topic \(topics.jobs)-gone"), "\(output)")
            }
        }

        /// The token endpoint refuses the secret: nothing is consumed, and nothing gives the secret away.
        @Test func takesNoJobWithAWrongSecretAndNeverShowsIt() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publishJobs(1...1)
            try await withSimulator { simulator in
                let settings = ["account.\(SimulatorProcess.account).secret=hunter2-wrong", "log.level=debug"]
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    try await worker.waitForLine(containing: "access token could not be fetched")
                    worker.terminate()
                    #expect(try await worker.waitForExit() == 0)
                    let output = worker.lines.map(\.text).joined(separator: "\n")
                    #expect(output.contains("credentials"), "\(output)")
                    #expect(!output.contains("hunter2"), "\(output)")
                    #expect(!output.contains("subscribed"))
                }
            }
        }
    }
}
