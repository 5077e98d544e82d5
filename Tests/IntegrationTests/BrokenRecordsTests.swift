internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    @Suite struct BrokenRecordsTests {
        private static func noise(_ count: Int) -> [UInt8] {
            var generator = SeededGenerator(seed: 7)
            return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        }

        /// Name, value, and what the reply's message must contain.
        private static let records: [(name: String, value: [UInt8]?, says: String)] = [
            ("empty", [], "no value"),
            ("null", nil, "no value"),
            ("not JSON", Array("job 17, please".utf8), "not valid JSON"),
            ("not UTF-8", Array(#"{"job_id":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), "UTF-8"),
            ("an array", Array(#"[{"job_id":"a","application_id":1}]"#.utf8), "an array"),
            ("no job id", Array(#"{"application_id":1}"#.utf8), "job_id"),
            ("no application id", Array(#"{"job_id":"none"}"#.utf8), "application_id"),
            ("negative", Array(#"{"job_id":"negative","application_id":-1}"#.utf8), "application_id"),
            ("fractional", Array(#"{"job_id":"fractional","application_id":1.5}"#.utf8), "application_id"),
            ("too large", Array(#"{"job_id":"large","application_id":18446744073709551616}"#.utf8), ""),
            ("far too large", Array(#"{"job_id":"huge","application_id":1e400}"#.utf8), ""),
            ("900 kB of noise", noise(900_000), ""),
            ("20,000 brackets", Array(repeating: UInt8(ascii: "["), count: 20_000), ""),
        ]

        @Test func everyBrokenRecordGetsItsReply() async throws {
            let topics = try TestTopics(partitions: 1)
            try await topics.publish(
                Self.records.map { record in
                    KafkaRecord(topic: topics.jobs, partition: 0, key: Array(record.name.utf8), value: record.value)
                })
            let farAhead = #"{"job_id":"far ahead","application_id":580000010,"deadline":"9999-12-31T23:59:59Z"}"#
            try await topics.publish([KafkaRecord(topic: topics.jobs, value: Array(farAhead.utf8))])
            try await topics.publishJobs(1...1)
            try await withSimulator { simulator in
                try await withWorker(topics, api: simulator.url) { worker in
                    let replies = try await topics.replies(Self.records.count + 2)
                    for (offset, record) in Self.records.enumerated() {
                        let reply = try #require(replies.first { $0.source.offset == offset }, "\(record.name)")
                        #expect(reply.kind == "invalid_job", "\(record.name): \(reply.text)")
                        #expect(reply.key == Array(record.name.utf8))
                        #expect((reply.message ?? "").contains(record.says), "\(record.name): \(reply.text)")
                    }
                    for id in ["far ahead", "job-1"] {
                        #expect(replies.first { $0.jobID == id }?.outcome == "succeeded")
                    }
                    worker.terminate()
                    #expect(try await worker.waitForExit() == 0)
                    try await expectValid(replies.map(\.text))
                    print(
                        "\(Self.records.count) broken records, \(replies.count { $0.kind == "invalid_job" }) invalid_job replies, worker lives"
                    )
                }
            }
        }
    }
}
