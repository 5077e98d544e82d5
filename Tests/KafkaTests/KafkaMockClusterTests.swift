import EventLoop
import Kafka
import Testing

@Suite struct KafkaMockClusterTests {
    @Test func producedRecordsAreReadBackWithKeyHeadersAndTombstones() throws {
        let cluster = try KafkaMockCluster()
        try cluster.createTopic("t", partitions: 2)
        let producer = try KafkaProducer(properties: ["bootstrap.servers": cluster.bootstrapServers])
        defer { producer.close() }
        let records = [
            KafkaRecord(topic: "t", partition: 0, key: nil, value: nil),
            KafkaRecord(topic: "t", partition: 0, key: [], value: [], headers: [KafkaHeader(name: "a", value: nil)]),
            KafkaRecord(
                topic: "t", partition: 0, key: [0, 255], value: Array("v".utf8),
                headers: [KafkaHeader("h", ""), KafkaHeader("h", "2")]),
        ]
        for record in records { try producer.produce(record) }
        #expect(try producer.awaitDeliveries(timeout: .seconds(10)).isEmpty)
        let reader = try KafkaReader(
            properties: ["bootstrap.servers": cluster.bootstrapServers, "fetch.wait.max.ms": "10"], topic: "t",
            partitions: 2)
        for expected in records {
            let read = try #require(
                reader.read(timeout: .seconds(10)) { message in
                    KafkaRecord(
                        topic: message.topic, partition: message.partition, key: message.key,
                        value: message.withValue { $0.map(Array.init) }, headers: message.headers)
                })
            #expect(read.key == expected.key)
            #expect(read.value == expected.value)
            #expect(read.headers == expected.headers)
        }
    }

    @Test func refusedPropertyIsNamed() {
        #expect(throws: KafkaError.self) { try KafkaProducer(properties: ["no.such.property": "1"]) }
        do throws(KafkaError) {
            _ = try KafkaProducer(properties: ["linger.ms": "soon"])
        } catch {
            #expect(error.property == "linger.ms")
        }
    }

    @Test func recordForAPartitionThatDoesNotExistIsRefused() throws {
        let cluster = try KafkaMockCluster()
        try cluster.createTopic("t", partitions: 2)
        let producer = try KafkaProducer(properties: ["bootstrap.servers": cluster.bootstrapServers])
        defer { producer.close() }
        #expect(try producer.partitionCount(of: "t", timeout: .seconds(10)) == 2)
        do throws(KafkaError) {
            try producer.produce(KafkaRecord(topic: "t", partition: 7, value: []))
            Issue.record("partition 7 was taken")
        } catch {
            #expect(error.code == .unknownPartition)
        }
    }

    @Test @EventLoopActor func consumerIsAssignedReadsCommitsAndLeaves() async throws {
        let cluster = try KafkaMockCluster()
        try cluster.createTopic("t", partitions: 2)
        try await Task.detached {
            let producer = try KafkaProducer(properties: ["bootstrap.servers": cluster.bootstrapServers])
            for number in 0..<10 {
                try producer.produce(KafkaRecord(topic: "t", partition: Int32(number % 2), value: [UInt8(number)]))
            }
            _ = try producer.awaitDeliveries(timeout: .seconds(10))
            producer.close()
        }.value
        let member = try Member(bootstrapServers: cluster.bootstrapServers)
        await member.finished.value()
        #expect(member.values.sorted() == Array(0..<10))
        #expect(member.hadMembership)
        await member.close()
        #expect(member.wasRevoked)
    }
}

/// A consumer that answers every event as a worker does, and remembers what it saw.
@EventLoopActor
private final class Member {
    private var consumer: KafkaConsumer?
    private(set) var values: [UInt8] = []
    private(set) var hadMembership = false
    private(set) var wasRevoked = false
    let finished = Signal()

    init(bootstrapServers: String) throws {
        consumer = try KafkaConsumer(
            properties: [
                "bootstrap.servers": bootstrapServers, "group.id": "g", "fetch.wait.max.ms": "10",
                "enable.auto.commit": "false", "auto.offset.reset": "error",
            ],
            onEvent: { [weak self] in self?.handle($0) },
            onMessage: { [weak self] message in self?.values.append(message.withValue { $0?.first ?? 255 }) },
            onArrival: { [weak self] in self?.take() })
        try consumer?.subscribe(to: ["t"])
    }

    private func handle(_ event: KafkaConsumerEvent) {
        switch event {
        case .assigned(let partitions):
            hadMembership = consumer?.groupMetadata() != nil
            guard let offsets = consumer?.committedOffsets else { return }
            Task {
                let committed = try await Task.detached {
                    try offsets.read(of: partitions, timeout: .seconds(10))
                }.value
                #expect(committed.count == 2 && committed.allSatisfy { $0.offset == nil })
                try consumer?.assign(committed)
            }
        case .revoked(let partitions, _):
            wasRevoked = true
            try? consumer?.unassign(partitions)
        default:
            break
        }
    }

    private func take() {
        consumer?.takeMessages(while: { true })
        if values.count == 10 { finished.fire() }
    }

    func close() async {
        let remains = await consumer?.close()
        await Task.detached { remains?.destroy() }.value
    }
}

@EventLoopActor
private final class Signal {
    private let waiter = Waiter()
    func fire() { waiter.resume() }
    func value() async { try? await waiter.wait(.everything, under: nil) }
}
