internal import EventLoop
internal import Kafka
internal import QueryWorker

/// `query-worker demo`: the whole worker on embedded brokers and the simulator, in one process.
enum DemoCommand {
    static let help = """
        Usage: query-worker demo

        Starts embedded Kafka brokers and a simulated WeChat inside this process, publishes a few jobs, good ones and
        broken ones, runs the real worker on them, and prints each reply as one line of JSON on standard output. What
        happens meanwhile is told on standard error. It needs no Kafka, no WeChat and no network, and ends by itself.

        The embedded brokers are librdkafka's mock cluster: they show how the worker works, and prove no exactly-once.
        For that, see Tests/run.sh, which runs on a real Kafka.
        """

    static func run(arguments: [String]) -> Int32 {
        if let unknown = arguments.first {
            Console.printError("query-worker demo: \(unknown) is no argument of it; it takes none")
            return ExitCode.usage
        }
        do {
            return try Demo().run()
        } catch {
            Console.printError("query-worker demo: \(error)")
            return ExitCode.fatal
        }
    }
}

/// One run of the demonstration.
private struct Demo {
    private let cluster: KafkaMockCluster
    private let simulator: Simulator
    private let configuration: WorkerConfiguration

    init() throws {
        cluster = try KafkaMockCluster()
        for topic in ["query.requests", "query.replies", "query.requests-dlt"] {
            try cluster.createTopic(topic, partitions: 4)
        }
        var options = SimulatorOptions()
        options.port = 0
        options.latency = .fixed(.milliseconds(20))
        options.accounts = ["wxdemo0000000000a1": "demo-secret"]
        options.faults.busy = 0.2
        options.revokeEvery = 6
        simulator = try Simulator(options: options)
        let settings = [
            "kafka.bootstrap.servers=\(cluster.bootstrapServers)", "kafka.fetch.wait.max.ms=10",
            "api.base.url=\(simulator.baseURL)", "account.wxdemo0000000000a1.secret=demo-secret",
            "log.format=text", "log.level=info",
        ]
        configuration = try Configuration.load(
            arguments: ConfigurationArguments(assignments: settings), environment: [:]
        ).configuration
    }

    func run() throws -> Int32 {
        Console.printError(
            """
            Embedded brokers at \(cluster.bootstrapServers), simulated WeChat at \(simulator.baseURL) (20 ms a call, one
            in five "system busy", the token revoked every 6 calls). These brokers are a mock: they show how the worker
            works, and prove no exactly-once.

            Jobs, published to query.requests:
            """)
        try publishJobs()
        Console.printError("\nThe worker's log, and replies as they arrive on query.replies:")
        let worker = try startWorker()
        let replies = try printReplies()
        EventLoopActor.post { worker.shutDown() }
        let exit = worker.exit.take()
        simulator.stop()
        Console.printError(
            """

            \(replies) of \(DemoJobs.all.count) jobs answered. What WeChat was asked: \(simulator.statsJSON())
            Next: README.md shows how to run it on your own Kafka (query-worker run --help).
            """)
        return replies == DemoJobs.all.count ? exit.code : ExitCode.fatal
    }

    private func publishJobs() throws {
        let producer = try KafkaProducer(properties: ["bootstrap.servers": cluster.bootstrapServers])
        defer { producer.close() }
        for job in DemoJobs.all {
            Console.printError("  \(job.text)")
            try producer.produce(
                KafkaRecord(topic: configuration.jobsTopic, key: Array(job.key.utf8), value: Array(job.text.utf8)))
        }
        if let failure = try producer.awaitDeliveries(timeout: .seconds(10)).first { throw failure.error }
    }

    private func startWorker() throws -> RunningWorker {
        let worker = RunningWorker()
        let configuration = configuration
        let kafka = try WorkerKafkaProperties(configuration)
        EventLoopActor.post { worker.start(configuration, kafka) }
        return worker
    }

    /// - Returns: how many there were when all were there, or when none came any more.
    private func printReplies() throws -> Int {
        let reader = try KafkaReader(
            properties: ["bootstrap.servers": cluster.bootstrapServers, "fetch.wait.max.ms": "10"],
            topic: configuration.repliesTopic, partitions: 4)
        var count = 0
        let end = ContinuousClock.now + .seconds(30)
        while count < DemoJobs.all.count, ContinuousClock.now < end {
            let reply = reader.read(timeout: .milliseconds(200)) { message in
                message.withValue {
                    String(decoding: $0 ?? UnsafeRawBufferPointer(start: nil, count: 0), as: UTF8.self)
                }
            }
            guard let reply else { continue }
            Console.printLine(reply)
            count += 1
        }
        return count
    }
}

/// The worker of the demonstration, seen from the thread that waits for it.
@EventLoopActor
private final class RunningWorker {
    nonisolated let exit = Handover<WorkerExit>()
    private var worker: QueryWorker?

    nonisolated init() {}

    func start(_ configuration: WorkerConfiguration, _ kafka: WorkerKafkaProperties) {
        let logger = Logger(level: configuration.logLevel, format: configuration.logFormat)
        EventLoopActor.startTask { [self] in
            let worker = QueryWorker(
                configuration: configuration, kafka: kafka, instanceID: "demo", logger: logger)
            self.worker = worker
            exit.give(await worker.run())
        }
    }

    func shutDown() { worker?.shutDown() }
}
