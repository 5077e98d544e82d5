internal import EventLoop
internal import Glibc
internal import QueryWorker

/// SIGHUP, for `run`: reads the configuration again, from where it came, and hands it to the worker. What is wrong is logged,
/// and changes nothing.
///
/// Files are read on a thread that ends with it, since they can hang; a signal meanwhile has them read once more.
@EventLoopActor
final class ConfigurationReload {
    private let arguments: ConfigurationArguments
    private let environment: [String: String]
    private let worker: QueryWorker
    private let logger: Logger
    /// Warnings are told once.
    private var told: Set<String>
    private var isReading = false
    private var isWantedAgain = false

    /// - Parameter told: warnings of the configuration that was started with.
    init(
        arguments: ConfigurationArguments, environment: [String: String], worker: QueryWorker, logger: Logger,
        told: [String]
    ) {
        self.arguments = arguments
        self.environment = environment
        self.worker = worker
        self.logger = logger
        self.told = Set(told)
    }

    /// Called on the main thread before any other starts: until it is watched, the signal waits.
    nonisolated static func block() { Signals.block([SIGHUP]) }

    func watch() {
        Signals.watch([SIGHUP]) { [self] _ in
            guard isReading else { return read() }
            isWantedAgain = true
            logger.warning("configuration is still being read; it is read again afterwards")
        }
    }

    private func read() {
        isReading = true
        EventLoopActor.startTask { [self] in
            do throws(ConfigurationError) {
                let reloaded = try await BlockingCall(threadName: "reload").run {
                    [arguments, environment] () throws(ConfigurationError) in
                    try ReloadedConfiguration(arguments: arguments, environment: environment)
                }
                for warning in reloaded.warnings where told.insert(warning).inserted {
                    logger.complete.warning("configuration warning", ["warning": "\(warning)"])
                }
                worker.apply(reloaded)
            } catch {
                let problems = error.problems.map(\.description).joined(separator: "; ")
                logger.error(
                    "configuration not applied: it has problems; the one in force stays",
                    ["count": .integer(error.problems.count), "problems": "\(problems)"])
            }
            isReading = false
            if isWantedAgain {
                isWantedAgain = false
                read()
            }
        }
    }
}
