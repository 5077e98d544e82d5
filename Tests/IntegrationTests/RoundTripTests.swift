internal import Foundation
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// From a publisher's bytes through Kafka and the worker to WeChat, and back to a reader: nothing is rounded, escaped
    /// twice, normalised, added or lost. Foundation writes the jobs and reads the replies.
    @Suite struct RoundTripTests {
        private static let ids: [UInt64] = [
            1, 1 << 53 - 1, 1 << 53, 1 << 53 + 1, 1 << 63 - 1, 1 << 63, 1 << 63 + 1, .max - 1, .max,
        ]

        private static let texts = [
            "x", " ", #"quote " backslash \ slash / "#, "<b>&amp;'%00%2F${x}#", "订单-2026", "👩‍👩‍👧‍👦🇨🇳", "שלום ‏عربى‎",
            "e\u{301}", "\u{E9}", "\u{2028}\u{2029}", "\u{FEFF}", "\u{FFFD}\u{FFFE}\u{FFFF}", "\u{10FFFF}\u{E000}",
            "\u{A0}", String(repeating: "a", count: 128), String(repeating: "😀", count: 32),
            String(repeating: "字", count: 42) + "ab",
        ]

        @Test func idsComeBackDigitByDigit() async throws {
            let forms: [(given: RoundTripAnswer.ApplicationID, json: String, number: UInt64)] = Self.ids.flatMap {
                [(.number($0), "\($0)", $0), (.text("\($0)"), "\"\($0)\"", $0)]
            }
            let jobs = forms.enumerated().map { (id: "job-\($0)", fields: "\"application_id\":\($1.json)") }
            let (answers, asked) = try await exchange(jobs)
            for (job, form) in zip(jobs, forms) {
                let answer = try self.answer(to: job.id, in: answers)
                #expect(answer.request.application_id == form.given)
                #expect(answer.request.isv_application_id == nil)
                #expect(answer.result?.application_id == form.number)
                #expect(answer.result?.isv_application_id == nil)
                #expect(answer.result?.create_time == Int64(exactly: form.number))
                #expect(answer.result?.code_generate_list == [RoundTripAnswer.Range(code_start: 0, code_end: .max)])
            }
            #expect(asked.compactMap(\.application_id).count { $0 == .number(.max) } == 2)
            #expect(asked.allSatisfy { $0.isv_application_id == nil })
        }

        /// In the id, and in the job's name, which may hold control characters, too.
        @Test func textsComeBackCharacterByCharacter() async throws {
            let names = Self.texts + ["\0\u{1}\t\n\u{1F}\u{7F}\u{85}", String(repeating: "😀", count: 128)]
            var jobs = try names.enumerated().map { number, name in
                let text = Self.texts[number % Self.texts.count]
                return (id: name, fields: "\"isv_application_id\":\(try json(text))")
            }
            jobs.append((id: "escaped", fields: #""isv_application_id":"\ud83d\ude00\u0041\/\u2028""#))
            let texts = names.indices.map { Self.texts[$0 % Self.texts.count] } + ["😀A/\u{2028}"]
            let (answers, asked) = try await exchange(jobs)
            for (job, text) in zip(jobs, texts) {
                let answer = try self.answer(to: job.id, in: answers)
                #expect(answer.request.isv_application_id?.utf8.elementsEqual(text.utf8) == true, "\(job)")
                #expect(answer.result?.isv_application_id?.utf8.elementsEqual(text.utf8) == true, "\(job)")
                #expect(answer.request.application_id == nil)
            }
            let askedBytes = asked.compactMap { $0.isv_application_id.map { Array($0.utf8) } }
            #expect(Set(askedBytes) == Set(texts.map { Array($0.utf8) }))
        }

        @Test func keysAndHeadersComeBackByteByByte() async throws {
            let bytes: [[UInt8]?] = [
                nil, [], [0], Array(0...255), Array("订单".utf8), [UInt8](repeating: 0xFF, count: 4096),
            ]
            let names = ["kafka_correlationId", "correlation-id", "traceparent", "tracestate", "baggage"]
            let topics = try TestTopics(partitions: 2)
            let jobs = bytes.enumerated().map { number, value in
                KafkaRecord(
                    topic: topics.jobs, key: value, value: Array(#"{"job_id":"\#(number)","application_id":1}"#.utf8),
                    headers: names.map { KafkaHeader(name: $0, value: value) })
            }
            try await withEchoingWeChat { api in
                try await topics.publish(jobs)
                try await withWorker(topics, api: api.url) { worker in
                    let replies = try await topics.replies(jobs.count)
                    for (number, job) in jobs.enumerated() {
                        let reply = try #require(replies.first { $0.jobID == "\(number)" })
                        #expect(reply.key == job.key)
                        #expect(Array(reply.headers.prefix(names.count)) == job.headers)
                    }
                    try await worker.endInOrder()
                }
            }
        }

        /// What is missing stays missing, what is empty stays empty.
        @Test func missingAndEmptyFieldsAreToldApart() async throws {
            let jobs = [
                (id: "null", fields: #""application_id":21,"isv_application_id":null,"account":null,"deadline":null"#),
                (id: "both", fields: #""application_id":"22","isv_application_id":"b""#),
                (id: "sparse", fields: #""application_id":23"#), (id: "empty", fields: #""application_id":24"#),
            ]
            let (answers, _) = try await exchange(jobs) { body in
                if body.contains(":23") { return #"{"errcode":0,"status":"INIT"}"# }
                let empty = #""isv_application_id":"","code_generate_list":[],"update_time":0"#
                return body.contains(":24") ? #"{"errcode":0,"status":"FINISH",\#(empty)}"# : nil
            }
            let null = try answer(to: "null", in: answers)
            #expect(null.request.application_id == .number(21))
            #expect(null.request.isv_application_id == nil)
            let both = try answer(to: "both", in: answers)
            #expect(both.request.application_id == .text("22"))
            #expect(both.request.isv_application_id == "b")
            let sparse = try #require(answer(to: "sparse", in: answers).result)
            #expect(sparse.application_id == nil)
            #expect(sparse.isv_application_id == nil)
            #expect(sparse.code_generate_list == nil)
            #expect(sparse.create_time == nil)
            let empty = try #require(answer(to: "empty", in: answers).result)
            #expect(empty.isv_application_id == "")
            #expect(empty.code_generate_list == [])
            #expect(empty.update_time == 0)
            #expect(empty.create_time == nil)
        }

        /// Has jobs answered.
        /// - Parameter answer: what WeChat says to a question; by default it repeats the ids.
        /// - Returns: the replies, and what WeChat was asked.
        private func exchange(
            _ jobs: [(id: String, fields: String)], answer: @escaping @Sendable (String) -> String? = { _ in nil }
        ) async throws -> (answers: [RoundTripAnswer], asked: [RoundTripAnswer.IDs]) {
            let topics = try TestTopics(partitions: 2)
            try await topics.publish(
                try jobs.map {
                    KafkaRecord(topic: topics.jobs, value: Array("{\"job_id\":\(try json($0.id)),\($0.fields)}".utf8))
                })
            return try await withEchoingWeChat(answer: answer) { api in
                try await withWorker(topics, api: api.url) { worker in
                    let replies = try await topics.replies(jobs.count)
                    try await worker.endInOrder()
                    let answers = try replies.map {
                        try JSONDecoder().decode(RoundTripAnswer.self, from: Data($0.text.utf8))
                    }
                    let asked = try api.requests.filter { $0.path.hasSuffix("/applycodequery") }
                        .map { try JSONDecoder().decode(RoundTripAnswer.IDs.self, from: Data($0.body)) }
                    #expect(asked.count == jobs.count)
                    return (answers, asked)
                }
            }
        }

        /// Told by bytes: characters that look alike are equal strings to Swift.
        private func answer(to job: String, in answers: [RoundTripAnswer]) throws -> RoundTripAnswer {
            try #require(answers.first { $0.job_id.utf8.elementsEqual(job.utf8) }, "\(job)")
        }

        /// WeChat that repeats the ids as it got them, and dates the application by its number.
        private func withEchoingWeChat<Result>(
            answer: @escaping @Sendable (String) -> String? = { _ in nil }, _ body: (StubAPI) async throws -> Result
        ) async throws -> Result {
            let api = StubAPI { request in
                guard request.path.hasSuffix("/applycodequery") else {
                    return .json(#"{"access_token":"token","expires_in":7200}"#)
                }
                if let answer = answer(request.bodyText) { return .json(answer) }
                let body = request.bodyText
                let number = body.firstMatch(of: /"application_id":([0-9]+)/)?.1
                let time = number.map { "\"create_time\":\($0)," } ?? ""
                let codes = #""code_generate_list":[{"code_start":0,"code_end":18446744073709551615}],"#
                return .json("{\"errcode\":0,\"status\":\"FINISH\",\(time)\(codes)\(body.dropFirst())")
            }
            defer { api.stop() }
            return try await body(api)
        }

        private func json(_ text: String) throws -> String {
            String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
        }
    }
}
