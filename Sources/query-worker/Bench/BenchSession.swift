internal import EventLoop
internal import Foundation
internal import Glibc
internal import QueryWorker

/// All the runs that one `query-worker bench` was asked for, and what it says of them.
struct BenchSession {
    let request: BenchRequest
    let configuration: BenchConfiguration
    let output: BenchOutput
    let runner: BenchRunner
    /// Of the children's logs; kept if something goes wrong.
    private let folder: String

    init(
        _ request: BenchRequest, _ configuration: BenchConfiguration, _ output: BenchOutput, _ stop: StopFlag
    ) throws(BenchFailure) {
        self.request = request
        self.configuration = configuration
        self.output = output
        folder = try Self.makeFolder()
        runner = BenchRunner(configuration, api: request.api, output: output, stop: stop, folder: folder)
    }

    /// - Returns: whether every job of every run had exactly one reply.
    func run() throws -> Bool {
        Self.allowManyDescriptors()
        output.say(
            "query-worker \(WorkerIdentity.version) on \(Machine.current.text), \(brokersText); "
                + (request.api.map { "API at \($0)" } ?? "simulated API"))
        let isRight: Bool
        do {
            isRight =
                if let sweep = request.sweep {
                    try run(sweep)
                } else if request.comparesDelivery {
                    try compareDelivery()
                } else {
                    try runAlike()
                }
        } catch {
            output.hide()
            let wasStopped = (error as? BenchFailure).map { $0.exitCode >= 128 } ?? false
            if wasStopped || hasNoLogs { removeFolder() } else { tellOfLogs() }
            throw error
        }
        output.hide()
        if isRight { removeFolder() } else { tellOfLogs() }
        return isRight
    }

    var brokersText: String {
        guard configuration.hasBrokers else { return "embedded brokers (a mock, which proves no exactly-once)" }
        return "brokers at \(configuration.worker.kafka.bootstrapServers)"
    }

    // MARK: Parts

    func settings(_ step: String?) throws(UsageError) -> BenchSettings {
        var settings = BenchSettings()
        settings.calls = configuration.worker.api.concurrency
        settings.jobsInFlight = configuration.worker.maxJobsInFlight
        settings.delivery = configuration.worker.delivery
        return try request.settings(step, beginningWith: settings)
    }

    // MARK: Files

    private static func makeFolder() throws(BenchFailure) -> String {
        // Made new by mkdtemp, under a name that nobody can foresee, and readable to this user only.
        var template = Array((NSTemporaryDirectory() + "query-worker-bench.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw BenchFailure("can't make a folder in \(NSTemporaryDirectory()): \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private var hasNoLogs: Bool { (try? FileManager.default.contentsOfDirectory(atPath: folder).isEmpty) ?? true }

    private func removeFolder() { try? FileManager.default.removeItem(atPath: folder) }

    private func tellOfLogs() { output.note("logs of the last run: \(folder)") }

    /// A connection for each call in flight, in each process.
    private static func allowManyDescriptors() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
