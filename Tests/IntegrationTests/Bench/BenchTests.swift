internal import Foundation
internal import Glibc
internal import TestSupport
internal import Testing

/// `query-worker bench` on its embedded brokers.
@Suite(.serialized) struct BenchTests {
    @Test func figuresArePlausibleAndEachJobHasOneReply() async throws {
        let bench = try await BenchProcess.run(["--jobs", "500", "--latency", "2ms", "--in-flight", "16"])
        #expect(bench.status == 0, "\(bench.notices)")
        #expect(bench.objects.count == 1)
        let run = try #require(bench.objects.first)
        #expect(run["kind"] as? String == "run")
        #expect(run["jobs"] as? Int == 500)
        let replies = try #require(run["replies"] as? [String: Any])
        #expect(replies["exactly_one_each"] as? Bool == true)
        #expect((replies["failed"] as? [String: Any])?.isEmpty == true)
        // 16 calls of 2 ms and more at a time: faster than that it cannot be.
        let rate = try #require(run["jobs_per_s"] as? Double)
        #expect(rate > 10 && rate <= 8000, "\(rate)")
        let cpu = try #require((run["cpu_us_per_job"] as? [String: Any])?["total"] as? Double)
        #expect(cpu > 1 && cpu < 20_000, "\(cpu)")
        let start = try #require(run["cpu_before_first_job_s"] as? Double)
        #expect(start > 0 && start * 1_000_000 / 500 < cpu, "\(start)")
        let memory = try #require(run["peak_memory_bytes"] as? Int)
        #expect((10_000_000...500_000_000).contains(memory))
        let latencies = try #require(run["latency_ms"] as? [String: [String: Any]])
        #expect(Set(latencies.keys) == ["queue_wait", "call_wait", "call", "process", "publish_wait"])
        let call = try #require(latencies["call"]?["p50"] as? Double)
        let process = try #require(latencies["process"]?["p50"] as? Double)
        #expect(call >= 2 && process >= call, "\(latencies)")
        #expect(try #require(run["transactions"] as? Int) > 0)
        #expect(bench.notices.contains("a mock, which proves no exactly-once"))
    }

    /// Even SIGKILL, after which it can end nothing itself.
    @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
    func itsProcessesEndWithIt(_ signal: Int32) async throws {
        let arguments = ["bench", "--jobs", "100", "--latency", "10s", "--instances", "2"]
        try await withTemporaryDirectory { folder in
            try await withChildProcess(
                .product("query-worker"), arguments: arguments, environment: ["TMPDIR": folder]
            ) { process in
                // The simulator and two workers.
                while process.isRunning, BenchProcess.children(of: process.pid).count < 3 { usleep(5_000) }
                let children = BenchProcess.children(of: process.pid)
                #expect(children.count == 3)
                process.send(signal: signal)
                let status = try await process.waitForExit()
                #expect(status == 128 + signal)
                BenchProcess.awaitEnd(of: children)
            }
        }
    }

    @Test(arguments: [
        (["--jobs", "none"], 64, "--jobs wants"), (["--set", "jobs.topic=x"], 78, "leave it out"),
        (["--sweep", "latency", "--svg", "/no/such/folder/x.svg"], 64, "--svg FILE"),
    ])
    func whatItCannotDoIsSaid(_ arguments: [String], _ status: Int32, _ text: String) async throws {
        let bench = try await BenchProcess.run(arguments)
        #expect(bench.status == status)
        #expect(bench.notices.contains(text), "\(bench.notices)")
        #expect(bench.objects.isEmpty)
    }
}
