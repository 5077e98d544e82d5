internal import TestSupport
internal import Testing

extension TestTopics {
    /// What `run` and `check` need to be told to work on these topics.
    /// - Parameter secret: of the simulator's account; nil leaves the account to `settings`.
    func arguments(
        api: String, instance: String = "one", secret: String? = SimulatorProcess.secret, settings: [String] = []
    ) -> [String] {
        let fixed = [
            "kafka.bootstrap.servers=\(workerBootstrap)", "kafka.group.id=\(group)", "jobs.topic=\(jobs)",
            "replies.topic=\(replies)", "replies.topics.allowed=\(otherReplies)", "api.base.url=\(api)",
            "instance.id=\(instance)",
        ]
        let account = secret.map { ["account.\(SimulatorProcess.account).secret=\($0)"] } ?? []
        return (fixed + account + settings).flatMap { ["--set", $0] }
    }
}

/// Starts `query-worker run` on the topics of a test.
func withWorker<Result>(
    _ topics: TestTopics, api: String, instance: String = "one", secret: String? = SimulatorProcess.secret,
    settings: [String] = [], _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
    let arguments = ["run"] + topics.arguments(api: api, instance: instance, secret: secret, settings: settings)
    return try await withChildProcess(.product("query-worker"), arguments: arguments, body)
}

/// Starts `count` of them.
func withWorkers<Result>(
    _ count: Int, _ topics: TestTopics, api: String, secret: String? = SimulatorProcess.secret,
    settings: [String] = [], _ body: ([ChildProcess]) async throws -> Result
) async throws -> Result {
    var workers: [ChildProcess] = []
    // Ended when they are thrown away.
    for number in 1...count {
        let arguments =
            ["run"] + topics.arguments(api: api, instance: "worker-\(number)", secret: secret, settings: settings)
        workers.append(try ChildProcess(.product("query-worker"), arguments: arguments))
    }
    return try await body(workers)
}

extension ChildProcess {
    /// The number of the line to come.
    var nextLine: Int { lines.last.map { $0.number + 1 } ?? 0 }

    /// SIGTERM, and an exit with 0.
    func endInOrder(within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        terminate()
        let status = try await waitForExit(timeout: limit)
        #expect(status == 0, "\(lines.suffix(5).map(\.text))", sourceLocation: sourceLocation)
    }
}
