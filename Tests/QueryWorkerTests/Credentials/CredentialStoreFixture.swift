import EventLoop
import Foundation
import Kafka
import Testing
import WeChat

@testable import QueryWorker

/// Credential stores in one topic of embedded brokers. These are a mock: they show the mechanics, compact nothing, and
/// fence nobody.
@EventLoopActor
final class CredentialStoreFixture {
    nonisolated static let topic = "credentials"

    private let cluster: KafkaMockCluster
    private let keyFile: String
    private(set) var events: [CredentialStoreEvent] = []
    private var stores: [KafkaCredentialStore] = []
    private let brokers: BrokerSide

    private init(_ keyFile: String) throws {
        self.keyFile = keyFile
        cluster = try KafkaMockCluster()
        try cluster.createTopic(Self.topic, partitions: 1)
        brokers = BrokerSide(bootstrapServers: cluster.bootstrapServers)
        try CredentialFixture.keyLine("k1", of: 1).write(toFile: keyFile, atomically: true, encoding: .utf8)
    }

    static func run(_ body: @EventLoopActor (CredentialStoreFixture) async throws -> Void) async throws {
        let keyFile = NSTemporaryDirectory() + "query-worker-test-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: keyFile) }
        let fixture = try CredentialStoreFixture(keyFile)
        do { try await body(fixture) } catch {
            await fixture.close()
            throw error
        }
        await fixture.close()
    }

    private func close() async {
        for store in stores { store.close() }
        try? await wait { stores.allSatisfy { $0.reader == nil } }
        await brokers.close()
    }

    /// A store that is open.
    func store(of instance: String, group: String = "query-worker", isReader: Bool = false) async throws
        -> KafkaCredentialStore
    {
        let configuration = try Configuration.load(
            arguments: ConfigurationArguments(assignments: [
                "kafka.bootstrap.servers=\(cluster.bootstrapServers)", "kafka.fetch.wait.max.ms=10",
                "kafka.session.timeout.ms=6000", "account.wx1.secret=hush",
            ]), environment: [:]
        ).configuration
        let access = KafkaCredentialStore.Access(
            properties: try WorkerKafkaProperties(configuration), groupID: group, instanceID: instance,
            credentials: KafkaCredentials(), logger: Logger(level: .error, format: .text))
        let store = KafkaCredentialStore(
            topic: Self.topic, keyFile: keyFile, isReader: isReader, access, clock: SystemClock.shared,
            events: { [weak self] in self?.events.append($0) })
        stores.append(store)
        try await store.open()
        return store
    }

    /// The same, once it refreshes.
    func refresher(_ instance: String = "a", group: String = "query-worker") async throws -> KafkaCredentialStore {
        let store = try await store(of: instance, group: group)
        try await wait { store.isRefresher }
        return store
    }

    /// - Parameter group: of the refresher, if it is one's.
    func publish(_ record: CredentialTopicRecord, group: String? = nil) async throws {
        let value = try record.encode(sealedWith: try CredentialFixture.keys())
        let headers = group.map { [KafkaHeader(KafkaCredentialStore.groupHeader, $0)] } ?? []
        try await brokers.publish([
            KafkaRecord(topic: Self.topic, partition: 0, key: record.key.bytes, value: value, headers: headers)
        ])
    }

    /// Looks every 10 ms, since nobody announces it.
    func wait(until condition: () -> Bool) async throws {
        while !condition() { try await Interruption().sleep(for: .milliseconds(10), clock: SystemClock.shared) }
    }
}
