internal import TestSupport

/// What one run of `query-worker submit` came to.
struct SubmitRun {
    let status: Int32
    let replies: [String]
    /// What standard error says.
    let notices: String

    func has(_ text: String) -> Bool { notices.contains(text) }
}

extension TestTopics {
    /// Runs it on the topics of a test, to its end.
    func submit(_ arguments: [String], settings: [String] = []) async throws -> SubmitRun {
        try await withSubmit(arguments, settings: settings) { process in
            let status = try await process.waitForExit()
            return SubmitRun(
                status: status, replies: process.lines(of: .standardOutput),
                notices: process.lines(of: .standardError).joined(separator: "\n"))
        }
    }

    func withSubmit<Result>(
        _ arguments: [String], settings: [String] = [], _ body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        try await withChildProcess(
            .product("query-worker"), arguments: submitArguments(arguments, settings: settings), body)
    }

    func submitArguments(_ arguments: [String], settings: [String] = []) -> [String] {
        let fixed = [
            "kafka.bootstrap.servers=\(bootstrap)", "kafka.group.id=\(group)", "jobs.topic=\(jobs)",
            "replies.topic=\(replies)",
        ]
        return ["submit"] + (fixed + settings).flatMap { ["--set", $0] } + arguments
    }
}
