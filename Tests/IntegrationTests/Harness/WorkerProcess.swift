internal import TestSupport

/// Starts `query-worker run` on the topics of a test.
func withWorker<Result>(
    _ topics: TestTopics, api: String, instance: String = "one", settings: [String] = [],
    _ body: (ChildProcess) async throws -> Result
) async throws -> Result {
    let all =
        [
            "kafka.bootstrap.servers=\(topics.bootstrap)", "kafka.group.id=\(topics.group)",
            "jobs.topic=\(topics.jobs)", "replies.topic=\(topics.replies)",
            "replies.topics.allowed=\(topics.otherReplies)", "api.base.url=\(api)", "instance.id=\(instance)",
            "account.\(SimulatorProcess.account).secret=\(SimulatorProcess.secret)",
        ] + settings
    return try await withChildProcess(
        .product("query-worker"), arguments: ["run"] + all.flatMap { ["--set", $0] }, body)
}
