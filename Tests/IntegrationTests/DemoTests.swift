internal import TestSupport
internal import Testing

@Suite struct DemoTests {
    @Test func answersEveryJobAndEndsByItself() async throws {
        try await withChildProcess(.product("query-worker"), arguments: ["demo"]) { demo in
            #expect(try await demo.waitForExit(timeout: .seconds(60)) == 0)
            let replies = demo.lines(of: .standardOutput)
            #expect(replies.count == 12)
            try await expectValid(replies)
        }
    }
}
