internal import Foundation
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
                #expect(try await kcat.waitForExit() == 0)
                return kcat.lines(of: .standardOutput).filter { $0.contains("topic \"bench-") }
            }
        }

        /// Brokers tell of a topic for a moment after it is deleted.
        private func awaitNoTopics() async throws { while try await !topics().isEmpty {} }

        @Test func bothDeliveriesAnswerEachJobOnceAndNoTopicIsLeft() async throws {
            let bench = try await BenchProcess.run([
                "--set", "kafka.bootstrap.servers=\(bootstrap)", "--jobs", "300", "--instances", "2",
                "--compare-delivery",
            ])
            #expect(bench.status == 0, "\(bench.notices)")
            #expect(bench.objects.map { $0["kind"] as? String } == ["run", "run", "comparison"])
            let runs = bench.objects.prefix(2)
            #expect(runs.map { $0["delivery"] as? String } == ["exactly-once", "at-least-once"])
            for run in runs {
                #expect((run["replies"] as? [String: Any])?["exactly_one_each"] as? Bool == true)
                #expect((run["jobs_of_instances"] as? [Int])?.reduce(0, +) == 300)
                #expect(run["broker_load"] is NSNull)
            }
            #expect(bench.objects[2]["more_cpu_percent"] is Double)
            try await awaitNoTopics()
        }

        @Test func stoppedItLeavesNoTopic() async throws {
            let arguments = [
                "bench", "--set", "kafka.bootstrap.servers=\(bootstrap)", "--jobs", "100", "--latency", "10s",
            ]
            try await withChildProcess(.product("query-worker"), arguments: arguments) { process in
                while process.isRunning, BenchProcess.children(of: process.pid).count < 2 { usleep(5_000) }
                #expect(try await topics().count == 2)
                process.send(signal: SIGINT)
                #expect(try await process.waitForExit() == 130)
            }
            try await awaitNoTopics()
        }
    }
}
