internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// Memory stays within `memory.max` and what the process itself needs, whatever comes and whatever does not go.
    @Suite(.disabled(if: isSanitized, "a sanitizer's own memory would be measured")) struct MemoryTests {
        @Test func staysFlatWhileWeChatRefusesEverything() async throws {
            let topics = try TestTopics(partitions: 8)
            try await topics.publishLargeJobs(1...60_000, padding: 2_000)
            let settings = ["memory.max=64MiB", "job.timeout=1h", "api.timeout=2s"]
            try await withSimulator(["--limited-rate", "1"]) { simulator in
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    try await worker.waitForLine(containing: #""message":"assigned""#)
                    try await expectFlatMemory(of: worker, during: "45011 to everything, 120 MB of jobs waiting")
                    worker.kill()
                }
            }
            #expect(try await topics.allReplies().isEmpty)
        }

        /// Each answer is almost as large as a record may be, and all jobs are held when the first one comes.
        @Test func staysFlatWhileAnswersAreHuge() async throws {
            let topics = try TestTopics(partitions: 4)
            let ranges = (0..<18_000).map { #"{"code_start":\#(1_000_000_000_000 + $0),"code_end":2000000000000}"# }
            let answer = #"{"errcode":0,"status":"FINISH","code_generate_list":[\#(ranges.joined(separator: ","))]}"#
            #expect((900_000..<1_000_000).contains(answer.utf8.count))
            let api = StubAPI { request in
                request.path == "/cgi-bin/stable_token"
                    ? .json(#"{"access_token":"token","expires_in":7200}"#) : .json(answer)
            }
            try await topics.publishJobs(1...100)
            let settings = ["memory.max=64MiB", "api.timeout=60s", "job.timeout=10m"]
            try await withWorker(topics, api: api.url, settings: settings) { worker in
                let replies = try await topics.replies(100)
                let peak = try #require(MemoryUse(of: worker.pid)).peak
                report(replies, peak: peak)
                #expect(peak < memoryBound)
                try await worker.endInOrder()
            }
        }

        private func report(_ replies: [Reply], peak: Int) {
            let succeeded = replies.count { $0.outcome == "succeeded" }
            let bytes = replies.reduce(0) { $0 + $1.text.utf8.count }
            print("answers of 900 kB: \(succeeded) replies of \(bytes >> 20) MiB together, peak \(peak >> 20) MiB")
            #expect(succeeded == replies.count)
        }
    }
}
