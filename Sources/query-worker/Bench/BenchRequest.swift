internal import EventLoop
internal import QueryWorker

/// The arguments of `query-worker bench`, besides those that say where the worker's configuration is.
struct BenchRequest: Equatable {
    private(set) var repeats = 1
    private(set) var comparesDelivery = false
    private(set) var sweep: BenchSweep?
    /// Of the sweep.
    private(set) var steps: [String] = []
    /// Another API in place of the simulator.
    private(set) var api: String?
    private(set) var isJSON = false
    private(set) var svg: String?
    /// What a run is like, by flag.
    private var values: [String: String] = [:]

    private static let ofRuns = ["--jobs", "--partitions", "--latency", "--in-flight", "--instances", "--delivery"]
    private static let ofBench = ["--repeat", "--sweep", "--steps", "--svg", "--api"]

    init(arguments: [String]) throws(UsageError) {
        var options: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let flag = parts[0]
            switch flag {
            case "--json" where parts.count == 1: isJSON = true
            case "--compare-delivery" where parts.count == 1: comparesDelivery = true
            case _ where Self.ofRuns.contains(flag) || Self.ofBench.contains(flag):
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst(), !value.isEmpty else {
                    throw UsageError("\(flag) needs a value; --help tells which")
                }
                guard options.updateValue(value, forKey: flag) == nil else {
                    throw UsageError("\(flag) is given twice")
                }
            default: throw UsageError("\(argument) is no argument of it; --help tells which are")
            }
        }
        if let text = options["--repeat"] { repeats = try Self.number(text, "--repeat", 1...1000) }
        try setAPI(options["--api"])
        values = options.filter { Self.ofRuns.contains($0.key) }
        try setSweep(options)
        try checkTogether()
        _ = try settings(nil, beginningWith: BenchSettings())
    }

    private mutating func setAPI(_ url: String?) throws(UsageError) {
        guard let url else { return }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw UsageError("--api wants a URL, such as http://127.0.0.1:18080, but got \"\(url)\"")
        }
        api = url
    }

    private mutating func setSweep(_ options: [String: String]) throws(UsageError) {
        svg = options["--svg"]
        guard let name = options["--sweep"] else {
            guard let flag = ["--steps", "--svg"].first(where: { options[$0] != nil }) else { return }
            throw UsageError("\(flag) belongs to --sweep latency, concurrency, partitions or instances")
        }
        guard let sweep = BenchSweep(rawValue: name) else {
            let names = BenchSweep.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("--sweep wants one of \(names), but got \"\(name)\"")
        }
        self.sweep = sweep
        svg = svg ?? "bench-\(name).svg"
        steps = options["--steps"].map { Self.steps($0) } ?? sweep.usualSteps
        guard !steps.isEmpty else { throw UsageError("--steps wants values with commas between, such as 0ms,5ms,20ms") }
        for step in steps { _ = try settings(step, beginningWith: BenchSettings()) }
    }

    /// A distribution of latency holds a comma of its own: `uniform:1ms,5ms`.
    private static func steps(_ text: String) -> [String] {
        var steps: [String] = []
        for part in text.split(separator: ",").map(String.init) {
            if let last = steps.last, last.contains(":"), !last.contains(",") {
                steps[steps.count - 1] = "\(last),\(part)"
            } else {
                steps.append(part)
            }
        }
        return steps
    }

    private func checkTogether() throws(UsageError) {
        if comparesDelivery, values["--delivery"] != nil || sweep != nil {
            throw UsageError("--compare-delivery measures both kinds of delivery; leave out --delivery and --sweep")
        }
        if api != nil, values["--latency"] != nil || sweep == .latency {
            throw UsageError("--latency is the simulator's; the API of --api has its own")
        }
        if let sweep, values[sweep.flag] != nil {
            throw UsageError("--sweep \(sweep.rawValue) sets \(sweep.flag) itself; --steps tells to what")
        }
    }

    // MARK: Settings

    /// - Parameters:
    ///   - step: of the sweep; nil without one.
    ///   - settings: those of the configuration.
    func settings(_ step: String?, beginningWith settings: BenchSettings) throws(UsageError) -> BenchSettings {
        var settings = settings
        var values = (sweep?.usualValues ?? [:]).merging(self.values) { _, given in given }
        if let sweep, let step { values[sweep.flag] = step }
        if api != nil {
            values["--latency"] = nil
            settings.latency = nil
            settings.meanLatency = nil
        }
        // In an order of its own, so that of several mistakes the same one is always told.
        for flag in Self.ofRuns {
            guard let value = values[flag] else { continue }
            try Self.set(flag, value, in: &settings)
        }
        if self.values["--jobs"] == nil, sweep != nil { settings.jobs = Self.usualJobs(of: settings) }
        return settings
    }

    private static func set(_ flag: String, _ value: String, in settings: inout BenchSettings) throws(UsageError) {
        switch flag {
        case "--jobs": settings.jobs = try number(value, flag, 1...100_000_000)
        case "--partitions": settings.partitions = try number(value, flag, 1...10_000)
        case "--instances": settings.instances = try number(value, flag, 1...64)
        case "--in-flight":
            settings.calls = try number(value, flag, 1...10_000)
            // Beside those that are called for, as many as by default: replies that wait for their commit.
            settings.jobsInFlight = settings.calls + 896
        case "--delivery":
            guard let delivery = Delivery(rawValue: value) else {
                throw UsageError("--delivery wants exactly-once or at-least-once, but got \"\(value)\"")
            }
            settings.delivery = delivery
        default:
            guard let latency = SimulatedLatency(value) else {
                throw UsageError(
                    "\(flag) wants a duration such as 5ms, uniform:FROM,TO or lognormal:MEAN,SIGMA, but got \"\(value)\""
                )
            }
            settings.latency = value
            settings.meanLatency = latency.mean
        }
    }

    /// As many as keep a step of a sweep busy for five seconds or so.
    private static func usualJobs(of settings: BenchSettings) -> Int {
        let enough = settings.idealRate.map { Int(min($0 * 5, 40_000)) } ?? 40_000
        return min(max(enough, settings.calls * settings.instances * 10, 500), max(40_000, settings.calls * 10))
    }

    private static func number(
        _ text: String, _ flag: String, _ range: ClosedRange<Int>
    ) throws(UsageError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "\(flag) wants a whole number from \(range.lowerBound) to \(range.upperBound), but got \"\(text)\"")
        }
        return number
    }
}
