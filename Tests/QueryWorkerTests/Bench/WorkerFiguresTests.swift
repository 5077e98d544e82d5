import Testing

@testable import QueryWorker

@Suite struct WorkerFiguresTests {
    @Test func theyAreReadFromWhatTheWorkerSays() throws {
        let configuration = try ConfigurationFixture().load().configuration
        var status = WorkerStatus(WorkerIdentity(configuration, instanceID: "here-0"), phase: .running, findings: [])
        for _ in 1...5 { status.metrics.replied("") }
        for _ in 1...2 { status.metrics.replied("busy") }
        for _ in 1...3 { status.metrics.transactions.committed(replies: 2, after: .milliseconds(20)) }
        status.metrics.retries["busy"] = 4
        for _ in 0..<100 { status.metrics.answered("", after: .milliseconds(20)) }
        status.metrics.queueWait.observe(.milliseconds(500))
        let figures = try #require(WorkerFigures(status: status.json))
        #expect(figures.answered == 7)
        #expect(figures.transactions == 3)
        #expect(figures.retries == 4)
        #expect(figures.trouble == nil)
        let process = try #require(figures.latencies[.process]?.p50)
        #expect((15...20).contains(process))
        let queueWait = try #require(figures.latencies[.queueWait]?.p99)
        #expect((450...500).contains(queueWait))
        #expect(figures.latencies[.publishWait] == LatencyPercentiles())
    }

    @Test(arguments: ["", "{}", "<html>", #"{"jobs":{"succeeded_total":1,"failed_total":0}}"#])
    func whatIsNoStatusIsNone(_ text: String) { #expect(WorkerFigures(status: Array(text.utf8)) == nil) }

    @Test func ofSeveralWorkersTheSlowestCounts() throws {
        let one = try BenchFixture.figures(transactions: 2)
        var other = try BenchFixture.figures(transactions: 5)
        other.latencies[.call] = LatencyPercentiles(p50: 1, p90: 50, p99: nil)
        other.latencies[.callWait] = LatencyPercentiles(p50: 1)
        let sum = one + other
        #expect(sum.answered == 8)
        #expect(sum.transactions == 7)
        #expect(sum.latencies[.call] == LatencyPercentiles(p50: 1.5, p90: 50, p99: 300))
        #expect(sum.latencies[.callWait] == LatencyPercentiles(p50: 1))
        #expect(sum.trouble == "looks")
    }
}
