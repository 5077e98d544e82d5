internal import Glibc
internal import Kafka
internal import TestSupport
internal import Testing

extension OnKafkaCluster {
    @Suite struct KafkaClusterTests {
        private let topic = "records"

        private func createTopic(on cluster: KafkaCluster) async throws {
            try await onOwnThread { [topic] in
                let admin = try KafkaAdmin(properties: ["bootstrap.servers": cluster.directBootstrap])
                try admin.createTopic(topic, partitions: 3, replicationFactor: Int32(cluster.brokers.count))
                // Brokers learn of it a moment after it is made.
                while try admin.partitionCount(of: topic, timeout: .seconds(10)) != 3 { usleep(10_000) }
            }
        }

        private func partitions(_ bootstrap: String, timeout: Duration = .seconds(20)) async throws -> Int? {
            try await onOwnThread { [topic] in
                try KafkaAdmin(properties: ["bootstrap.servers": bootstrap]).partitionCount(of: topic, timeout: timeout)
            }
        }

        /// Reads until all `expected` were there, and then for a second more: for what comes twice.
        private func read(_ expected: Set<String>, from cluster: KafkaCluster) async throws -> [String] {
            try await onOwnThread { [topic] in
                let reader = try KafkaReader(
                    properties: ["bootstrap.servers": cluster.bootstrap], topic: topic, partitions: 3)
                var texts: [String] = []
                var missing = expected
                var end = ContinuousClock.now + .seconds(60)
                while .now < end {
                    let text = reader.read(timeout: .milliseconds(100)) { message in
                        message.withValue { String(decoding: $0 ?? .init(start: nil, count: 0), as: UTF8.self) }
                    }
                    guard let text else { continue }
                    texts.append(text)
                    if missing.remove(text) != nil, missing.isEmpty { end = .now + .seconds(1) }
                }
                return texts
            }
        }

        @Test func clientsReachABrokerThroughItsProxyOnly() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                try await createTopic(on: cluster)
                #expect(try await partitions(cluster.bootstrap) == 3)
                cluster.proxy(of: 1).refuse()
                await #expect(throws: KafkaError.self) {
                    try await partitions(cluster.bootstrap, timeout: .milliseconds(500))
                }
                #expect(try await partitions(cluster.directBootstrap) == 3)
                cluster.proxy(of: 1).accept()
                #expect(try await partitions(cluster.bootstrap) == 3)
            }
        }

        @Test func threeBrokersLoseNothingWhileOneIsKilledAndAnotherHangs() async throws {
            try await withKafkaCluster(brokers: 3) { cluster in
                try await createTopic(on: cluster)
                // All partitions in turn, so that each broker has to do with it.
                let record = { @Sendable [topic] number in
                    KafkaRecord(topic: topic, partition: Int32(number % 3), value: Array("\(number)".utf8))
                }
                let count = try await withSteadyWriter(bootstrap: cluster.bootstrap, record) { writer in
                    await writer.waitForMore(100)
                    try await cluster.kill(2)
                    await writer.waitForMore(500)
                    try await cluster.restart(2)
                    await writer.waitForMore(100)
                    cluster.suspend(3)
                    await writer.waitForMore(500)
                    cluster.resume(3)
                    await writer.waitForMore(100)
                }
                let written = Set((1...count).map { "\($0)" })
                #expect(Set(try await read(written, from: cluster)) == written)
            }
        }

        @Test func aCommitWhoseAnswerIsLostIsMadeOnce() async throws {
            try await withKafkaCluster(brokers: 1) { cluster in
                try await createTopic(on: cluster)
                let proxy = cluster.proxy(of: 1)
                let attempts = try await onOwnThread { [topic] in
                    // A request whose answer stays out is made again after `socket.timeout.ms`.
                    let producer = try KafkaProducer(properties: [
                        "bootstrap.servers": cluster.bootstrap, "transactional.id": "one", "socket.timeout.ms": "3000",
                    ])
                    defer { producer.close() }
                    try producer.initTransactions(timeout: .seconds(30))
                    try producer.beginTransaction()
                    try producer.produce(KafkaRecord(topic: topic, value: Array("committed".utf8)))
                    #expect(try producer.awaitDeliveries(timeout: .seconds(30)).isEmpty)
                    proxy.dropResponses(ofAPIKey: KafkaAPIKey.endTransaction, count: 1)
                    var attempts = 1
                    while attempts < 30 {
                        do throws(KafkaError) {
                            try producer.commitTransaction(timeout: .seconds(1))
                            break
                        } catch {
                            guard error.isRetriable else { throw error }
                            attempts += 1
                        }
                    }
                    return attempts
                }
                try await proxy.waitForDrops(1)
                #expect(proxy.drops == 1)
                #expect(
                    (2..<30).contains(attempts), "the first answer was swallowed, so the first attempt cannot succeed")
                #expect(try await read(["committed"], from: cluster) == ["committed"])
            }
        }
    }
}
