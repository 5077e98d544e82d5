internal import TestSupport
internal import Testing

extension TestTopics {
    /// What `run` and `check` need to be told to work on these topics.
    func arguments(api: String, instance: String = "one", settings: [String] = []) -> [String] {
        let all =
            [
                "kafka.bootstrap.servers=\(workerBootstrap)", "kafka.group.id=\(group)", "jobs.topic=\(jobs)",
                "replies.topic=\(replies)", "replies.topics.allowed=\(otherReplies)", "api.base.url=\(api)",
                "instance.id=\(instance)", "account.\(SimulatorProcess.account).secret=\(SimulatorProcess.secret)",
            ] + settings
        return all.flatMap { ["--set", $0] }
    }
}

/// Starts `query-worker run` on the topics of a test.
func withWorker<Result>(
    _ topics: TestTopics, api: String, instance: String = "one", settings: [String] = [],
    _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
    let arguments = ["run"] + topics.arguments(api: api, instance: instance, settings: settings)
    return try await withChildProcess(.product("query-worker"), arguments: arguments, body)
}

extension ChildProcess {
    /// SIGTERM, and an exit with 0.
    func endInOrder(within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation)
        async throws
    {
        terminate()
        let status = try await waitForExit(timeout: limit)
        #expect(status == 0, "\(lines.suffix(5).map(\.text))", sourceLocation: sourceLocation)
    }
}
