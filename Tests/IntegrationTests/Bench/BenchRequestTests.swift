import EventLoop
import QueryWorker
import Testing

@testable import query_worker

@Suite struct BenchRequestTests {
    private func settings(_ arguments: [String], step: String? = nil) throws -> BenchSettings {
        try BenchRequest(arguments: arguments).settings(step, beginningWith: BenchSettings())
    }

    @Test func withoutArgumentsItIsTheWorkersDefaults() throws {
        #expect(try settings([]) == BenchSettings())
        let request = try BenchRequest(arguments: [])
        #expect(request.repeats == 1)
        #expect(request.sweep == nil && !request.isJSON && !request.comparesDelivery && request.api == nil)
    }

    @Test func flagsSayWhatARunIsLike() throws {
        let settings = try settings([
            "--jobs=500", "--partitions", "3", "--latency", "lognormal:72ms,0.5", "--in-flight", "256", "--instances=2",
            "--delivery", "at-least-once",
        ])
        #expect(settings.jobs == 500)
        #expect(settings.partitions == 3)
        #expect(settings.latency == "lognormal:72ms,0.5")
        #expect(settings.meanLatency == .milliseconds(72))
        #expect(settings.calls == 256)
        #expect(settings.jobsInFlight == 1152)
        #expect(settings.instances == 2)
        #expect(settings.delivery == .atLeastOnce)
        #expect(settings.idealRate.map { Int($0) } == 7111)
    }

    @Test func whatTheConfigurationSaysCountsUnlessAFlagSaysIt() throws {
        var configured = BenchSettings()
        configured.calls = 32
        configured.jobsInFlight = 64
        configured.delivery = .atLeastOnce
        #expect(try BenchRequest(arguments: []).settings(nil, beginningWith: configured) == configured)
        let settings = try BenchRequest(arguments: ["--in-flight", "128"]).settings(nil, beginningWith: configured)
        #expect(settings.calls == 128)
        #expect(settings.jobsInFlight == 1024)
        #expect(settings.delivery == .atLeastOnce)
    }

    @Test(arguments: BenchSweep.allCases)
    func everySweepHasStepsThatItCanTake(_ sweep: BenchSweep) throws {
        let request = try BenchRequest(arguments: ["--sweep", sweep.rawValue])
        #expect(request.sweep == sweep)
        #expect(request.svg == "bench-\(sweep.rawValue).svg")
        let all = try request.steps.map { try request.settings($0, beginningWith: BenchSettings()) }
        #expect(Set(all).count == request.steps.count)
        for settings in all {
            #expect((500...40_000).contains(settings.jobs))
            #expect(settings.jobs >= settings.calls * 10)
            // Some seconds each.
            if let ideal = settings.idealRate { #expect(Double(settings.jobs) / ideal < 11) }
        }
    }

    @Test func stepsAndJobsOfASweepCanBeGiven() throws {
        let request = try BenchRequest(arguments: [
            "--sweep", "latency", "--steps", "0ms,uniform:1ms,5ms,2ms", "--jobs=9",
        ])
        #expect(request.steps == ["0ms", "uniform:1ms,5ms", "2ms"])
        #expect(try request.settings("uniform:1ms,5ms", beginningWith: BenchSettings()).meanLatency == .milliseconds(3))
        #expect(try request.settings("2ms", beginningWith: BenchSettings()).jobs == 9)
    }

    @Test func anotherAPIHasALatencyOfItsOwn() throws {
        let settings = try settings(["--api", "http://127.0.0.1:18080"])
        #expect(settings.latency == nil)
        #expect(settings.idealRate == nil)
    }

    @Test(arguments: [
        (["--jobs", "0"], "--jobs wants a whole number from 1"), (["--jobs"], "--jobs needs a value"),
        (["--partitions", "many"], "--partitions wants"),
        (["--latency", "5"], "--latency wants a duration such as 5ms"),
        (["--in-flight", "20000"], "--in-flight wants"),
        (["--delivery", "at-most-once"], "--delivery wants exactly-once"),
        (["--jobs", "1", "--jobs", "2"], "--jobs is given twice"), (["--fast"], "--fast is no argument"),
        (["fast"], "fast is no argument"), (["--json=yes"], "--json=yes is no argument"),
        (["--sweep", "jobs"], "--sweep wants one of latency, concurrency, partitions, instances"),
        (["--sweep", "partitions", "--steps", "1,x"], "--partitions wants"),
        (["--sweep", "partitions", "--steps", ","], "--steps wants values"),
        (["--sweep", "latency", "--latency", "1ms"], "--steps tells to what"),
        (["--sweep", "latency", "--api", "http://x"], "--latency is the simulator's"),
        (["--steps", "1"], "--steps belongs to --sweep"), (["--svg", "x"], "--svg belongs to --sweep"),
        (["--compare-delivery", "--sweep", "latency"], "leave out"),
        (["--compare-delivery", "--delivery", "exactly-once"], "leave out"),
        (["--api", "127.0.0.1"], "--api wants a URL"), (["--repeat", "0"], "--repeat wants"),
    ])
    func whatItCannotTakeIsSaid(_ arguments: [String], _ text: String) {
        do throws(UsageError) {
            _ = try BenchRequest(arguments: arguments)
            Issue.record("\(arguments) were taken")
        } catch {
            #expect("\(error)".contains(text), "\(error)")
        }
    }
}
