internal import TestSupport
internal import Testing

/// Counts what a topic of replies holds in the end: every job once, each by its own record, each valid.
func expectEachAnsweredOnce(
    _ topics: TestTopics, _ jobs: Int, sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let replies = try await topics.allReplies()
    let sources = Set(replies.map(\.source))
    #expect(replies.count == jobs, "\(replies.count - sources.count) doubles", sourceLocation: sourceLocation)
    #expect(sources.count == jobs, "\(jobs - sources.count) lost", sourceLocation: sourceLocation)
    try await expectValid(replies.map(\.text), sourceLocation: sourceLocation)
}
