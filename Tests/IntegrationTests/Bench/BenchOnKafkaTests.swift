internal import Foundation
internal import FoundationXML
internal import Glibc
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    /// `query-worker bench` on brokers that others use too.
    @Suite struct BenchOnKafkaTests {
        private let bootstrap = KafkaBroker.bootstrap ?? ""

        /// As kcat lists them.
        private func topics() async throws -> [String] {
            try await withChildProcess(.path("/usr/bin/kcat"), arguments: ["-L", "-b", bootstrap]) { kcat in
                let status = try await kcat.waitForExit()
                #expect(status == 0)
                return kcat.lines(of: .standardOutput).filter { $0.contains("topic \"bench-") }
            }
        }

        /// Brokers tell of a topic for a moment after it is deleted.
        private func awaitNoTopics() async throws { while try await !topics().isEmpty {} }

        @Test func bothDeliveriesAnswerEachJobOnceAndNoTopicIsLeft() async throws {
            let bench = try await BenchProcess.run([
                "--set", "kafka.bootstrap.servers=\(bootstrap)", "--jobs", "300", "--compare-delivery",
            ])
            #expect(bench.status == 0, "\(bench.notices)")
            #expect(bench.objects.map { $0["kind"] as? String } == ["run", "run", "comparison"])
            let runs = bench.objects.prefix(2)
            #expect(runs.map { $0["delivery"] as? String } == ["exactly-once", "at-least-once"])
            for run in runs {
                #expect((run["replies"] as? [String: Any])?["exactly_one_each"] as? Bool == true)
                #expect(run["broker_load"] is NSNull)
            }
            #expect(bench.objects.last?["more_cpu_percent"] is Double)
            #expect(bench.notices.contains("The price of exactly once: "))
            try await awaitNoTopics()
        }

        @Test func aSweepIsDrawn() async throws {
            try await withTemporaryDirectory { folder in
                let path = folder + "/sweep.svg"
                let bench = try await BenchProcess.run([
                    "--set", "kafka.bootstrap.servers=\(bootstrap)", "--sweep", "instances", "--steps", "1,2",
                    "--latency", "1ms", "--jobs", "100", "--svg", path,
                ])
                #expect(bench.status == 0, "\(bench.notices)")
                let steps = try #require(bench.objects.last?["steps"] as? [[String: Any]])
                #expect(steps.map { $0["instances"] as? Int } == [1, 2])
                #expect(steps.allSatisfy { $0["exactly_one_each"] as? Bool == true })
                #expect(bench.notices.contains("Drawn: \(path)"))
                let svg = try #require(FileManager.default.contents(atPath: path))
                #expect(XMLParser(data: svg).parse())
                #expect(!String(decoding: svg, as: UTF8.self).contains("nan"))
            }
        }

        @Test func stoppedItLeavesNoTopic() async throws {
            let arguments = [
                "bench", "--set", "kafka.bootstrap.servers=\(bootstrap)", "--jobs", "100", "--latency", "10s",
            ]
            try await withChildProcess(.product("query-worker"), arguments: arguments) { process in
                while process.isRunning, BenchProcess.children(of: process.pid).count < 2 { usleep(5_000) }
                let topics = try await topics()
                #expect(topics.count == 2)
                process.send(signal: SIGINT)
                let status = try await process.waitForExit()
                #expect(status == 130)
            }
            try await awaitNoTopics()
        }
    }
}
