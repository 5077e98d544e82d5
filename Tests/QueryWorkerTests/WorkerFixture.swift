import EventLoop
import Foundation
import Kafka
import TestSupport
import Testing

@testable import QueryWorker

/// A worker between embedded brokers and a stub API. The brokers are a mock: they show the mechanics, and prove no
/// exactly-once.
@EventLoopActor
final class WorkerFixture {
    nonisolated let api: StubAPI
    nonisolated let broker: BrokerSide
    private let cluster: KafkaMockCluster
    private let configuration: WorkerConfiguration
    private var worker: QueryWorker?
    private var ended = Waiter()
    private var exit: WorkerExit?

    private init(partitions: Int32, settings: [String], answer: @escaping @Sendable (StubRequest) -> StubAction) throws
    {
        cluster = try KafkaMockCluster()
        try cluster.createTopic("query.requests", partitions: partitions)
        try cluster.createTopic("query-worker-credentials", partitions: 1)
        for topic in ["query.replies", "replies.mine", "query.requests-dlt"] {
            try cluster.createTopic(topic, partitions: 4)
        }
        api = StubAPI { request in
            request.path == "/cgi-bin/stable_token"
                ? .json(#"{"access_token":"token","expires_in":7200}"#) : answer(request)
        }
        let assignments = [
            "kafka.bootstrap.servers=\(cluster.bootstrapServers)", "kafka.fetch.wait.max.ms=10",
            "api.base.url=\(api.url)", "account.wx1.secret=hush", "replies.topics.allowed=replies.mine",
        ]
        configuration = try Configuration.load(
            arguments: ConfigurationArguments(assignments: assignments + settings), environment: [:]
        ).configuration
        broker = BrokerSide(bootstrapServers: cluster.bootstrapServers)
    }

    /// Starts a worker for as long as `body` takes, which may shut it down and start another one.
    static func run(
        partitions: Int32 = 1, settings: [String] = [],
        answer: @escaping @Sendable (StubRequest) -> StubAction = { _ in .json(#"{"errcode":0,"status":"FINISH"}"#) },
        _ body: @EventLoopActor (WorkerFixture) async throws -> Void
    ) async throws {
        let fixture = try WorkerFixture(partitions: partitions, settings: settings, answer: answer)
        do {
            try fixture.start()
            try await body(fixture)
        } catch {
            await fixture.close()
            throw error
        }
        await fixture.close()
    }

    func start() throws {
        let worker = QueryWorker(
            configuration: configuration, kafka: try WorkerKafkaProperties(configuration), instanceID: "test",
            logger: Logger(level: .error, format: .text))
        let ended = Waiter()
        (self.worker, self.ended, exit) = (worker, ended, nil)
        EventLoopActor.startTask { [self] in
            exit = await worker.run()
            ended.resume()
        }
    }

    @discardableResult
    func shutDown() async -> WorkerExit? {
        worker?.shutDown()
        try? await ended.wait(.everything, under: nil)
        worker = nil
        return exit
    }

    /// Has a call of a producer hang, past all its limits, until the worker has ended.
    /// - Parameter isOfCredentials: it writes credentials, not replies.
    func exitWhenACallHangs(isOfCredentials: Bool = false) async throws -> WorkerExit? {
        let worker = try #require(worker)
        let control = try isOfCredentials ? #require(worker.credentialStore).publisherControl : worker.publisherControl
        let release = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            try? control.watching(.seconds(-60)) { _ in release.wait() }
        }
        try? await ended.wait(.everything, under: nil)
        release.signal()
        // The process would end here.
        await worker.close()
        self.worker = nil
        return exit
    }

    /// Waits until that many replies of this worker are out, with their offsets.
    func waitUntilSettled(_ count: Int) async throws {
        let worker = try #require(worker)
        await worker.conditions.wait { worker.answeredCount == count }
    }

    func assignment(of partition: Int32 = 0) -> PartitionAssignment? { worker?.partitions[partition] }

    /// Waits until the partition's assignment is so; looks every 10 ms, since nobody announces it.
    func waitUntil(partition: Int32 = 0, _ condition: (PartitionAssignment?) -> Bool) async throws {
        while !condition(assignment(of: partition)) {
            try await Interruption().sleep(for: .milliseconds(10), clock: SystemClock.shared)
        }
    }

    /// What the last transaction has committed for a partition. Not asked of the brokers: librdkafka's mock takes a
    /// transaction's offsets and forgets them.
    func committed(partition: Int32 = 0) -> LedgerMap? {
        guard let ledger = worker?.partitions[partition]?.ledger, let commit = ledger.commit(settling: []) else {
            return nil
        }
        return try? LedgerMap(decoding: commit.metadata, watermark: commit.watermark)
    }

    private func close() async {
        if worker != nil { await shutDown() }
        await broker.close()
        api.stop()
    }
}
