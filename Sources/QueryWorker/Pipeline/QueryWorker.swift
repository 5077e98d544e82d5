package import EventLoop
internal import JSON
internal import Kafka
internal import WeChat

/// The worker: takes jobs from Kafka, has each asked by the client core, and hands the replies to the publisher.
///
/// Life of a job: fetched (`takeMessages`), checked against its partition's ledger, decoded, run as one task through the
/// client's chain, answered, published in a transaction with its offset, settled. See Sources/README.md.
///
/// This file holds what the parts share, start to end; the parts are the extensions: jobs, pauses, assignment,
/// publishing, settling, refusals, watchdog, status, reload, shut-down. All of it lives on the event loop.
@EventLoopActor
package final class QueryWorker {
    let configuration: WorkerConfiguration
    let topicLimits: [String: Int]
    let client: WeChatClient
    /// nil with the other stores.
    let credentialStore: KafkaCredentialStore?
    let logger: Logger
    let clock: any LoopClock
    /// Of what is in force: changes when the configuration is read again.
    var fingerprint: ConfigurationFingerprint
    let secrets = CorrectedSecrets()
    let kafkaCredentials = KafkaCredentials()
    private let consumerProperties: [String: String]
    let publisher: ReplyPublisher
    let publisherControl = PublisherControl()
    let decoder: QueryJobDecoder
    let encoder = ReplyEncoder()

    var phase = Phase.starting
    var consumer: KafkaConsumer?

    // Assignment
    /// Snapshot of the membership to which the present assignment belongs.
    var group: KafkaGroupMetadata?
    var partitions: [Int32: PartitionAssignment] = [:]
    /// Cuts short the reading of committed offsets for an assignment that is not wanted any more.
    var assigning: Interruption?
    /// A partition does not fetch as it should; see `assignAnewIfWanted`.
    var wantsAssignmentAnew = false

    // Jobs
    let jobTasks = TaskPool()
    var jobsHeld = 0
    var bytesHeld = 0
    /// The part of `bytesHeld` whose replies wait to be published.
    var bytesAnswered = 0
    var unfinishedJobIDs: [String] = []
    var answeredCount = 0

    // Publishing
    var answered: [AnsweredJob] = []
    /// Those that the publisher has.
    var inTransaction: [AnsweredJob] = []
    /// Partitions whose watermark has moved without a job.
    var movedWatermarks: [PartitionAssignment] = []
    /// Those of them that the publisher has.
    var watermarksInTransaction: [PartitionAssignment] = []
    /// Since a topic refuses, and the brokers do not say which: each batch goes to one topic, or to a pair of them.
    var isPublishingByTopics = false
    /// When the group first refused the membership that the consumer believes in.
    var membershipRefusedAt: MonotonicTime?
    var isPublishing = false
    var publishedAt = MonotonicTime(nanoseconds: 0)
    /// When the publisher got the batch that it has, or had last.
    var batchBegan = MonotonicTime(nanoseconds: 0)
    /// Suspends the publishing between two transactions.
    var publishingPause: Waiter?
    /// Cuts short what follows a batch: reading back a commit whose outcome is not known, committing offsets.
    var settling: Interruption?

    // Watchdog
    let probe: LagProbe
    var isProbing = false
    var probedAt = MonotonicTime(nanoseconds: 0)
    /// When credits last kept the worker from asking for records.
    var starvedAt = MonotonicTime(nanoseconds: 0)

    // Status
    /// nil: nobody asks how it is.
    let board: StatusBoard?
    let meter: WorkerMeter
    var readiness: Readiness
    var recent = RecentFigures()
    /// Those of the last report; nil before the first one.
    var reportedReasons: [Readiness.Reason]?
    /// What is done before the subscription; empty while that waits for a token.
    var startStep = "opens the credential store"
    /// Reads librdkafka's statistics.
    let statistics = JSONDocument()
    /// The group's last assignment has been taken, and is still good.
    var isMember = false
    var brokerHeardAt: MonotonicTime?
    /// The worker's own topics of which one at least takes nothing, and why; nil while nothing waits for them.
    var refusal: (topics: Set<String>, message: String)?

    /// At the end: see `keepCredentials`; nil before.
    var areCredentialsKept: Bool?
    /// What drains wait for.
    let conditions = Conditions()
    private var exit: WorkerExit?
    private let ended = Waiter()
    private let starting = Interruption()

    package enum Phase: Hashable, Sendable {
        case starting
        case running
        case draining
        case stopped
    }

    /// - Parameters:
    ///   - kafka: what its clients are given.
    ///   - instanceID: makes the transactional id unique, and stable over restarts.
    ///   - topicLimits: the largest record of each topic, in bytes, where it is known (`max.message.bytes`).
    ///   - board: where it reports how it is, for the admin port.
    package init(
        configuration: WorkerConfiguration, kafka: WorkerKafkaProperties, instanceID: String,
        topicLimits: [String: Int] = [:], logger: Logger, board: StatusBoard? = nil,
        clock: any LoopClock = SystemClock.shared
    ) {
        let meter = WorkerMeter(topics: configuration.writtenTopics)
        self.meter = meter
        self.board = board
        readiness = Readiness(timeout: configuration.readinessTimeout)
        self.configuration = configuration
        self.topicLimits = topicLimits
        fingerprint = configuration.fingerprint
        let store = configuration.credentials.makeStore(
            kafka: KafkaCredentialStore.Access(
                properties: kafka, groupID: configuration.kafka.groupID, instanceID: instanceID,
                credentials: kafkaCredentials, logger: logger), clock: clock
        ) { event in logger.log(event) }
        credentialStore = store as? KafkaCredentialStore
        client = WeChatClient(
            configuration: WeChatConfiguration(configuration, corrected: secrets), store: store, clock: clock,
            random: SystemRandomNumberGenerator(),
            events: { event in
                meter.metrics.count(event)
                logger.log(event)
            }, onExchange: { meter.metrics.exchanges.exchanged($0) })
        self.logger = logger
        self.clock = clock
        consumerProperties = kafka.consumer
        decoder = QueryJobDecoder(
            accounts: configuration.accounts.map(\.appID), defaultAccount: configuration.defaultAccount,
            acceptsAnyAccount: configuration.acceptsAnyAccount)
        publisher = ReplyPublisher(
            properties: kafka.producer, credentials: kafkaCredentials, delivery: configuration.delivery,
            transactionalID: "\(configuration.kafka.groupID)-\(instanceID)",
            topics: configuration.writtenTopics,
            transactionTimeout: configuration.kafka.transactionTimeout, control: publisherControl, logger: logger)
        probe = LagProbe(properties: kafka.common, credentials: kafkaCredentials, logger: logger)
    }

    /// Works until it is shut down or can't go on. Called once.
    package func run() async -> WorkerExit {
        watch()
        client.onWantsJobs = { [weak self] in self?.takeMessages() }
        if let failure = await openStore() { end(.configuration("credentials.store: \(failure.message)")) }
        guard phase == .starting else { return await outcome() }
        client.start()
        do {
            startStep = "starts the producer, which waits for the brokers"
            // Before the subscription: it ends the transaction that a crashed run of this instance left open, and with
            // it the wait for stable offsets.
            try await publisher.start()
            startStep = ""
            if configuration.hasOneAccount || configuration.accounts.isEmpty {
                try await client.waitUntilAnyAccountIsUsable(under: starting)
            }
            guard phase == .starting else { return await outcome() }
            let consumer = try KafkaConsumer(
                properties: consumerProperties, credentials: kafkaCredentials,
                onEvent: { [weak self] event in self?.handle(event) },
                onMessage: { [weak self] message in self?.received(message) },
                onArrival: { [weak self] in self?.takeMessages() })
            self.consumer = consumer
            try consumer.subscribe(to: [configuration.jobsTopic])
            phase = .running
            logger.info("subscribed", ["topic": "\(configuration.jobsTopic)", "group": "\(consumer.groupID)"])
        } catch let error as KafkaError {
            if phase == .starting { end(.startFailed(error)) }
        } catch {
            // Interrupted: shut down while it waited for a token.
        }
        return await outcome()
    }

    /// Waited for only until the shut-down: the store's directory may hang.
    private func openStore() async -> APIFailure? {
        let opened = Waiter()
        var failure: APIFailure?
        EventLoopActor.startTask { [client] in
            failure = await client.openStore()
            opened.resume()
        }
        try? await opened.wait(.everything, under: starting)
        return failure
    }

    /// Has `run` return; the first exit counts.
    func finish(_ exit: WorkerExit) {
        phase = .stopped
        report()
        self.exit = self.exit ?? exit
        ended.resume()
    }

    private func outcome() async -> WorkerExit {
        // Under no interruption: it always ends by `finish`.
        try? await ended.wait(.everything, under: nil)
        return exit ?? .drained
    }

    func cancelStart() {
        starting.interrupt(.everything, cause: .handedOver)
        assigning?.interrupt(.everything, cause: .handedOver)
    }
}

extension WorkerExit {
    static func startFailed(_ error: KafkaError) -> WorkerExit {
        if error.isRefusal { return .permission("the brokers refuse: \(error)") }
        if let property = error.property { return .configuration("kafka.\(property): \(error.reason)") }
        return .fatal("the producer or the consumer could not be started: \(error)")
    }
}
