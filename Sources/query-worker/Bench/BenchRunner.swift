internal import EventLoop
internal import Glibc
internal import QueryWorker

/// Measures single runs: brokers, jobs, an API, workers, replies; and takes all of them away.
///
/// Belongs to the main thread, like the children that it starts.
final class BenchRunner {
    private let configuration: BenchConfiguration
    private let api: String?
    private let output: BenchOutput
    private let stop: StopFlag
    /// Of the children's logs.
    private let folder: String

    /// How long nothing may happen.
    private static let patience = Duration.seconds(120)

    init(
        _ configuration: BenchConfiguration, api: String?, output: BenchOutput, stop: StopFlag, folder: String
    ) {
        self.configuration = configuration
        self.api = api
        self.output = output
        self.stop = stop
        self.folder = folder
    }

    /// - Parameter name: tells this run from others, on the line of progress.
    func run(_ settings: BenchSettings, name: String) throws(BenchFailure) -> BenchRun {
        let id = String(UInt32.random(in: .min ... .max), radix: 16)
        let brokers = try BenchBrokers(configuration, settings, id: id, stop: checkStop)
        defer { if let left = brokers.remove() { output.note(left) } }
        let jobs = BenchJobs(runID: id, count: settings.jobs)
        try brokers.publish(jobs) { show(name, "publishes jobs", $0, of: settings.jobs) }
        let simulator = try simulator(settings)
        defer { simulator?.end() }
        let before = (simulator: simulator?.use, own: ProcessUse(of: getpid()))
        let began = WallTime.current
        let workers = try start(settings, brokers, apiURL: simulator?.baseURL ?? api ?? "")
        defer { for worker in workers { worker.kill() } }
        let (figures, uses) = try awaitReplies(workers, settings, name)
        let after = (simulator: simulator?.use, own: ProcessUse(of: getpid()))
        // At its leisure now: what was to be measured has been.
        for worker in workers { worker.end() }
        let audit = try brokers.audit(jobs) { show(name, "counts replies", $0, of: settings.jobs) }
        var run = BenchRun(
            settings: settings, audit: audit, use: uses[uses.count - 1].use,
            figures: figures.dropFirst().reduce(figures[0], +))
        run.cpuBeforeFirstJob = uses.last { use in audit.firstBegin.map { use.time < $0 } ?? false }?.use.cpu ?? 0
        run.began = began
        run.untilFirstJob = audit.firstBegin.map { $0 - began } ?? .zero
        run.shares = figures.map(\.answered)
        run.simulatorLoad = load(before.simulator, after.simulator, run)
        run.brokerLoad = brokers.embedded == nil ? nil : load(before.own, after.own, run)
        return run
    }

    private func load(_ before: ProcessUse?, _ after: ProcessUse?, _ run: BenchRun) -> Double? {
        guard let before, let after, run.elapsed > .zero else { return nil }
        return (after.cpu - before.cpu) / run.elapsed.inSeconds
    }

    private func show(_ name: String, _ what: String, _ count: Int, of all: Int) {
        output.show("\(name): \(what), \(Figures.grouped(count)) of \(Figures.grouped(all))")
    }

    private func checkStop() throws(BenchFailure) {
        if let signal = stop.signal { throw BenchFailure(stoppedBy: signal) }
    }

    // MARK: Children

    private func simulator(_ settings: BenchSettings) throws(BenchFailure) -> BenchSimulator? {
        guard api == nil, let latency = settings.latency else { return nil }
        return try BenchSimulator(latency: latency, folder: folder, stop: checkStop)
    }

    private func start(
        _ settings: BenchSettings, _ brokers: BenchBrokers, apiURL: String
    ) throws(BenchFailure) -> [BenchWorker] {
        var own = [
            "kafka.bootstrap.servers": brokers.bootstrapServers, "kafka.group.id": brokers.groupID,
            "jobs.topic": brokers.jobsTopic, "replies.topic": brokers.repliesTopic, "deadletter.topic": "",
            "delivery": settings.delivery.rawValue, "api.base.url": apiURL, "api.concurrency": String(settings.calls),
            "jobs.in.flight.max": String(settings.jobsInFlight),
        ]
        if brokers.embedded != nil, !configuration.sets("kafka.fetch.wait.max.ms") {
            // Embedded brokers hold a fetch for that long, whether or not there is something to fetch.
            own["kafka.fetch.wait.max.ms"] = "10"
        }
        let ports = FreePorts.find(settings.instances)
        guard ports.count == settings.instances else { throw BenchFailure("no free port on 127.0.0.1") }
        var workers: [BenchWorker] = []
        for (number, port) in ports.enumerated() {
            own["instance.id"] = "bench-\(number)"
            own["admin.listen"] = "127.0.0.1:\(port)"
            workers.append(
                try BenchWorker(number, configuration: configuration.file(own), port: port, folder: folder))
        }
        return workers
    }

    // MARK: Waiting

    /// - Returns: what each worker tells of itself once all jobs are answered, and what all together had used from time to
    ///   time until then.
    private func awaitReplies(
        _ workers: [BenchWorker], _ settings: BenchSettings, _ name: String
    ) throws(BenchFailure) -> ([WorkerFigures], [(time: WallTime, use: ProcessUse)]) {
        var uses: [(WallTime, ProcessUse)] = []
        var answered = 0
        var lastProgress = ContinuousClock.now
        while true {
            try checkStop()
            var figures: [WorkerFigures] = []
            for worker in workers { if let one = try worker.figures() { figures.append(one) } }
            let sum = figures.reduce(0) { $0 + $1.answered }
            if let use = use(of: workers) {
                uses.append((.current, use))
                if sum >= settings.jobs, figures.count == workers.count { return (figures, uses) }
            }
            if sum > answered {
                answered = sum
                lastProgress = .now
            }
            guard .now - lastProgress < Self.patience else {
                let trouble = figures.lazy.compactMap(\.trouble).first.map { ": \($0)" } ?? ""
                throw BenchFailure(
                    "no reply for \(Self.patience.components.seconds) s, after \(Figures.grouped(answered)) of "
                        + "\(Figures.grouped(settings.jobs))\(trouble)")
            }
            let trouble = sum == 0 ? figures.lazy.compactMap(\.trouble).first.map { " (\($0))" } ?? "" : ""
            show(name, "does jobs\(trouble)", sum, of: settings.jobs)
            usleep(100_000)
        }
    }

    private func use(of workers: [BenchWorker]) -> ProcessUse? {
        let uses = workers.compactMap(\.use)
        return uses.count == workers.count ? uses.dropFirst().reduce(uses[0], +) : nil
    }
}
