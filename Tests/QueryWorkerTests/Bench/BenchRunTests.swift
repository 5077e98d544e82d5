import EventLoop
import JSON
import Testing

@testable import QueryWorker

@Suite struct BenchRunTests {
    @Test func whatIsPrintedFollowsFromWhatWasMeasured() throws {
        let run = try BenchFixture.run(mean: .milliseconds(200))
        #expect(run.jobsPerSecond == 4)
        #expect(run.settings.idealRate == 5)
        #expect(run.shareOfIdeal == 0.8)
        #expect(abs(run.cpuPerJob - 100) < 0.001)
        #expect(run.repliesPerTransaction == 2)
        let text = run.lines.joined(separator: "\n")
        #expect(text.contains("4 jobs in 1.00 s; 80 % of the 5.00 that its calls in flight allow"), "\(text)")
        #expect(text.contains("Each job has exactly one reply."))
        #expect(text.contains("64.0 MB"))
    }

    @Test func withoutLatencyThereIsNoIdeal() throws {
        #expect(try BenchFixture.run(mean: .zero).shareOfIdeal == nil)
        #expect(try BenchFixture.run(mean: nil).shareOfIdeal == nil)
    }

    @Test func aMissingReplyIsShoutedAndNotCountedAsDone() throws {
        let run = try BenchFixture.run(["r1-0", "r1-1", "r1-1"])
        #expect(run.jobsPerSecond == 2)
        #expect(run.lines.joined().contains("WRONG: 2 jobs without a reply, 1 replies too many"))
    }

    @Test func aRunWithoutAnyReplyHasNoRate() throws {
        let run = try BenchFixture.run([])
        #expect(run.jobsPerSecond == 0)
        #expect(run.lines.joined().contains("WRONG: 4 jobs without a reply"))
    }

    @Test func whoeverIsBusyBesideTheWorkerIsNamed() throws {
        var run = try BenchFixture.run()
        #expect(run.notes.isEmpty)
        run.simulatorLoad = 0.953
        run.brokerLoad = 0.5
        #expect(run.notes.count == 1)
        #expect(run.notes.first?.contains("simulator's threads were busy 95 % of a core") == true)
    }

    @Test func programsGetItAsJSON() throws {
        var writer = JSONWriter()
        writer.beginObject()
        try BenchFixture.run().write(to: &writer)
        writer.endObject()
        let root = try JSONDocument().parse(writer.bytes)
        #expect(root["jobs_per_s"]?.double == 4)
        #expect(root["cpu_us_per_job"]?["user"]?.double == 75)
        #expect(root["latency_ms"]?["process"]?["p99"]?.double == 300)
        #expect(root["latency_ms"]?["call_wait"]?["p50"]?.isNull == true)
        #expect(root["replies"]?["exactly_one_each"]?.bool == true)
        #expect(root["simulator_load"]?.isNull == true)
    }

    @Test func seriesTellMedianLeastAndMost() throws {
        let runs = try [0.0003, 0.0007, 0.0004].map { try BenchFixture.run(user: $0) }
        let series = BenchSeries("64", runs)
        #expect(abs(series.cpuPerJob.median - 125) < 0.001)
        let line = SeriesTable("calls", width: 8, hasSpread: true).line(series)
        #expect(line.contains("100 to 200"), "\(line)")
        #expect(!line.contains("WRONG"))
        let wrong = SeriesTable("calls", width: 8, hasSpread: false)
        #expect(wrong.line(BenchSeries("1", [try BenchFixture.run(["r1-0"])])).contains("WRONG"))
    }

    @Test func linesOfATableStandBelowItsHeader() throws {
        let table = SeriesTable("calls in flight", width: 4, hasSpread: false)
        let line = table.line(BenchSeries("64", [try BenchFixture.run()]))
        #expect(line.count == table.header.count)
        #expect(line.hasPrefix("64  "))
    }

    @Test func thePriceOfExactlyOnceIsInPercentOfAtLeastOnce() throws {
        let one = BenchSeries("exactly-once", [try BenchFixture.run(user: 0.0005)])
        let other = BenchSeries("at-least-once", [try BenchFixture.run(user: 0.0004)])
        let price = DeliveryPrice(exactlyOnce: one, atLeastOnce: other)
        #expect(abs(price.rate) < 0.001)
        #expect(abs(price.cpu - 20) < 0.001)
        #expect(price.text.contains("20.0 % more CPU per job"), "\(price.text)")
    }
}
