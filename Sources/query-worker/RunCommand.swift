internal import EventLoop
internal import Foundation
internal import Glibc
internal import QueryWorker
internal import WeChat

/// `query-worker run`: the worker itself.
enum RunCommand {
    static let help = """
        Usage: query-worker run [--config FILE]... [--set KEY=VALUE]...

        Works until it is stopped: takes jobs from jobs.topic as a member of the consumer group kafka.group.id, asks
        WeChat for each, and publishes one reply per job to replies.topic. Start it again, here or on another host, to
        share the work; stop it at any time, and the others go on.

          --config FILE     reads KEY=VALUE lines; # begins a comment line
          --set KEY=VALUE   sets one key
          --help            prints this

        Settings come from defaults, files, the environment (QUERY_WORKER_ and the key in capitals, with underscores for
        dots) and --set; a later one wins. query-worker config prints them all.

        SIGTERM or SIGINT: fetches nothing more, finishes what it holds within shutdown.drain, leaves the group, and ends
        with 0. A second signal ends it at once, with 70. What was not finished then is done by the next owner.

        SIGHUP: reads its files again, and applies log.level, rates, secrets, and the user name and password for Kafka; says
        which keys it applied, and which need a restart. With a problem in them nothing changes.

        Exit codes: 0 stopped in order, 64 wrong arguments, 70 can't go on (the last line says why), 75 a partition
        fetches nothing although it has records, 77 password or permission refused by the brokers, 78 the configuration
        or a topic must be changed.

        Example, with a Kafka and a WeChat account of your own:
          kafka-topics.sh --bootstrap-server kafka:9092 --create --topic query.requests --partitions 8
          kafka-topics.sh --bootstrap-server kafka:9092 --create --topic query.replies --partitions 8
          kafka-topics.sh --bootstrap-server kafka:9092 --create --topic query.requests-dlt --partitions 8
          query-worker run --set kafka.bootstrap.servers=kafka:9092 \\
            --set account.wx1234567890abcdef.secret.file=/run/secrets/wechat
        """

    static func run(arguments: [String], environment: [String: String]) -> Int32 {
        ConfigurationReload.block()
        #if DEBUG
            LoopBlockade.block()
            EventLoopActor.post { LoopBlockade.watch(environment) }
        #endif
        // Before the configuration is read: its files can hang.
        let stop = StopRequests()
        EventLoopActor.post { stop.watch() }
        do {
            var others = arguments
            let sources = try ConfigurationArguments.extract(from: &others)
            if let unknown = others.first {
                Console.printError("query-worker run: \(unknown) is no argument of it; --help tells which are")
                return ExitCode.usage
            }
            let (configuration, warnings) = try Configuration.load(arguments: sources, environment: environment)
            var blockedAfter = StatusBoard.blockedAfter
            #if DEBUG
                blockedAfter = LoopBlockade.limit(environment) ?? blockedAfter
            #endif
            return run(configuration, warnings: warnings, stop, blockedAfter: blockedAfter) { worker, logger in
                ConfigurationReload(
                    arguments: sources, environment: environment, worker: worker, logger: logger, told: warnings
                ).watch()
            }
        } catch let error as ConfigurationError {
            Console.printError("query-worker run: \(error)")
            return ExitCode.configuration
        } catch {
            Console.printError("query-worker run: \(error)")
            return ExitCode.usage
        }
    }

    /// - Parameter onStart: called on the loop once there is a worker.
    private static func run(
        _ configuration: WorkerConfiguration, warnings: [String], _ stop: StopRequests, blockedAfter: Duration,
        onStart: @escaping @Sendable @EventLoopActor (QueryWorker, Logger) -> Void
    ) -> Int32 {
        let logger = Logger(level: configuration.logLevel, format: configuration.logFormat)
        EventLoopActor.post { stop.logger = logger }
        for warning in warnings { logger.complete.warning("configuration warning", ["warning": "\(warning)"]) }
        let identity = instanceIdentity(configuration, logger)
        logger.info(
            "starting",
            [
                "version": "\(WorkerIdentity.version)", "instance_id": "\(identity.id)",
                "group": "\(configuration.kafka.groupID)", "jobs_topic": "\(configuration.jobsTopic)",
                "replies_topic": "\(configuration.repliesTopic)", "delivery": "\(configuration.delivery.rawValue)",
                "accounts": .integer(configuration.accounts.count),
            ])
        let board = StatusBoard(
            WorkerIdentity(configuration, instanceID: identity.id), blockedAfter: blockedAfter)
        let admin: AdminServer?
        do {
            admin = try startAdmin(configuration, board, logger)
        } catch {
            return report(.configuration("admin.listen: \(error)"), logger)
        }
        defer { admin?.stop() }
        let limits: [String: Int]
        let kafka: WorkerKafkaProperties
        do {
            board.starting("looks at the topics")
            switch try TopicCheck(configuration: configuration, logger: logger).run() {
            case .passed(let found): limits = found
            case .refused(let exit): return report(exit, logger)
            }
            kafka = try WorkerKafkaProperties(configuration, topicLimits: limits)
        } catch {
            return report(.configuration("\(error)"), logger)
        }
        let exit = Handover<WorkerExit>()
        EventLoopActor.startTask {
            let worker = QueryWorker(
                configuration: configuration, kafka: kafka, instanceID: identity.id, topicLimits: limits,
                logger: logger, board: board)
            stop.worker = worker
            onStart(worker, logger)
            exit.give(await worker.run())
        }
        let result = withExtendedLifetime(identity) { exit.take() }
        return report(result, logger)
    }

    private static func startAdmin(
        _ configuration: WorkerConfiguration, _ board: StatusBoard, _ logger: Logger
    ) throws -> AdminServer? {
        EventLoopActor.post { board.startBeating() }
        let server = try AdminServer.start(configuration.adminListen, board: board) { warning in
            logger.warning("admin port warning", ["warning": "\(warning)"])
        }
        if let server { logger.info("admin port", ["address": "\(server.address)"]) }
        return server
    }

    private static func instanceIdentity(_ configuration: WorkerConfiguration, _ logger: Logger) -> InstanceIdentity {
        if let id = configuration.instanceID { return .configured(id) }
        let identity = InstanceIdentity.claim(
            group: configuration.kafka.groupID, temporaryDirectory: NSTemporaryDirectory())
        if let warning = identity.warning { logger.warning("instance.id warning", ["warning": "\(warning)"]) }
        return identity
    }

    private static func report(_ exit: WorkerExit, _ logger: Logger) -> Int32 {
        logger.flushAllSuppressed()
        if let reason = exit.reason {
            logger.error("stopped", ["reason": "\(reason)", "exit_code": .integer(exit.code)])
        }
        return exit.code
    }
}

/// SIGTERM and SIGINT: the first one drains, the second one ends the process as it is.
@EventLoopActor
private final class StopRequests {
    var worker: QueryWorker?
    /// Nil until it is configured.
    var logger: Logger?
    private var wasAsked = false

    nonisolated init() {}

    func watch() {
        Signals.watch([SIGTERM, SIGINT]) { [self] signal in
            logger?.info("signal received", ["signal": signal == SIGINT ? "SIGINT" : "SIGTERM"])
            guard let worker else { _exit(0) }
            if wasAsked {
                worker.logUnfinished()
                logger?.flushAllSuppressed()
                LogThread.standardError.drain(within: .seconds(1))
                _exit(ExitCode.fatal)
            }
            wasAsked = true
            worker.shutDown()
        }
    }
}
