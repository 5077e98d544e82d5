internal import Foundation
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// From a reply to what the log tells of its job.
    @Suite struct JobLogTests {
        private typealias Members = [String: Any]

        /// - Parameter kind: of every fifth: succeeds, is not found, is another's, is no job, is nobody's.
        private func record(_ number: Int, _ topics: TestTopics) -> KafkaRecord {
            let id = [580_000_001, 580_000_404, 580_000_403, 0, 580_000_001][number % 5]
            let account = number % 5 == 4 ? "wxunknown1" : SimulatorProcess.account
            let value = #"{"job_id":"job-\#(number)","application_id":\#(id),"account":"\#(account)"}"#
            var headers = [KafkaHeader("correlation-id", "\(number)")]
            if let trace = trace(number) {
                headers.append(KafkaHeader("traceparent", "00-\(trace)-00f067aa0ba902b7-01"))
            }
            return KafkaRecord(
                topic: topics.jobs, key: Array("\(number)".utf8), value: Array(value.utf8), headers: headers)
        }

        /// Every second job is part of a trace.
        private func trace(_ number: Int) -> String? {
            number % 2 == 0 ? String(repeating: "a", count: 29) + String(100 + number) : nil
        }

        @Test func everyLineAboutAJobHasItsIDAndTraceAndAFailureSaysWhatItsReplySays() async throws {
            let topics = try TestTopics(partitions: 2)
            let jobs = 60
            let settings = ["log.level=debug", "retry.backoff=10ms", "retry.budget=100"]
            try await topics.publish((1...jobs).map { record($0, topics) })
            try await withSimulator(["--busy-rate", "0.4"]) { simulator in
                try await withWorker(topics, api: simulator.url, settings: settings) { worker in
                    let replies = try await topics.replies(jobs)
                    try await worker.endInOrder()
                    let lines = worker.lines(of: .standardError).compactMap { line in
                        try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? Members
                    }
                    let about = lines.filter { ($0["job_id"] as? String)?.isEmpty == false }
                    for line in about {
                        let number = (line["job_id"] as? String)?.split(separator: "-").last.flatMap { Int($0) }
                        #expect(line["trace_id"] as? String == number.flatMap(trace), "\(line)")
                        #expect(line["account"] is String, "\(line)")
                    }
                    let messages: Set = ["call failed, will be made again", "job failed", "job succeeded"]
                    #expect(messages.isSubset(of: about.compactMap { $0["message"] as? String }))
                    #expect(
                        !lines.contains { ($0["message"] as? String)?.hasPrefix("job ") == true && $0["job_id"] == nil }
                    )
                    for reply in replies { expectLine(for: reply, in: about) }
                    let kinds: Set = ["not_found", "wrong_account", "invalid_job", "unknown_account"]
                    #expect(kinds.isSubset(of: replies.compactMap(\.kind)))
                }
            }
            try await expectEachAnsweredOnce(topics, jobs)
        }

        private func expectLine(for reply: Reply, in lines: [Members]) {
            let message = reply.outcome == "failed" ? "job failed" : "job succeeded"
            let found = lines.filter { $0["message"] as? String == message && $0["job_id"] as? String == reply.jobID }
            #expect(found.count == 1, "\(reply.text)")
            guard let line = found.first else { return }
            let text = (try? JSONSerialization.jsonObject(with: Data(reply.text.utf8))) as? Members
            let error = text?["error"] as? Members
            #expect(line["kind"] as? String == reply.kind)
            #expect(line["error"] as? String == reply.message)
            #expect(line["errcode"] as? Int == error?["errcode"] as? Int)
            #expect(line["rid"] as? String == error?["rid"] as? String)
            #expect(line["account"] as? String == reply.account)
            #expect(line["attempts"] as? Int == reply.attempts)
            #expect(line["duration_ms"] as? Int == reply.durationMilliseconds)
            #expect(line["partition"] as? Int == reply.source.partition)
            #expect(line["offset"] as? Int == reply.source.offset)
            #expect((line["dead_letter_topic"] != nil) == (reply.kind == "invalid_job"))
        }
    }
}
