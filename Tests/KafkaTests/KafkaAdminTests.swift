import Testing

@testable import Kafka

/// What an admin's questions bring where nobody refuses them. The rest needs a real broker: see IntegrationTests.
@Suite struct KafkaAdminTests {
    private let partition = KafkaTopicPartition(topic: "t", partition: 0)

    @Test func namesTheBrokersOfTheCluster() throws {
        let cluster = try KafkaMockCluster(brokers: 3)
        let admin = try KafkaAdmin(properties: ["bootstrap.servers": cluster.bootstrapServers])
        let brokers = try admin.brokers(timeout: .seconds(10))
        #expect(brokers.count == 3)
        #expect(
            Set(brokers.map(\.description)) == Set(cluster.bootstrapServers.split(separator: ",").map(String.init)))
    }

    @Test func addressOfABrokerIsWrittenForClients() {
        #expect("\(KafkaBrokerAddress(id: 1, host: "kafka-1", port: 9092))" == "kafka-1:9092")
        #expect("\(KafkaBrokerAddress(id: 1, host: "::1", port: 9092))" == "[::1]:9092")
    }

    @Test func saysWhyNoBrokerAnswers() throws {
        // Nothing listens on port 1.
        let admin = try KafkaAdmin(properties: ["bootstrap.servers": "127.0.0.1:1"])
        #expect(throws: KafkaError.self) { try admin.brokers(timeout: .seconds(1)) }
        let errors = admin.takeErrors()
        #expect(errors.contains { $0.reason.contains("Connection refused") }, "\(errors)")
        #expect(errors.contains { $0.code == .allBrokersDown })
    }

    @Test func endOfAPartitionGrowsWithItsRecords() throws {
        let cluster = try KafkaMockCluster()
        try cluster.createTopic("t", partitions: 1)
        let admin = try KafkaAdmin(properties: ["bootstrap.servers": cluster.bootstrapServers])
        #expect(try admin.offsets(of: partition, timeout: .seconds(10)) == (0, 0))
        let producer = try KafkaProducer(properties: ["bootstrap.servers": cluster.bootstrapServers])
        defer { producer.close() }
        for _ in 0..<3 { try producer.produce(KafkaRecord(topic: "t", partition: 0, value: [])) }
        #expect(try producer.awaitDeliveries(timeout: .seconds(10)).isEmpty)
        #expect(try admin.offsets(of: partition, timeout: .seconds(10)) == (0, 3))
    }

    @Test func readsBackWhatItCommits() throws {
        let cluster = try KafkaMockCluster()
        try cluster.createTopic("t", partitions: 2)
        let admin = try KafkaAdmin(properties: ["bootstrap.servers": cluster.bootstrapServers])
        let partitions = [partition, KafkaTopicPartition(topic: "t", partition: 1)]
        let nothing = try admin.committedOffsets(of: "g", partitions: partitions)
        #expect(nothing.map(\.offset) == [nil, nil])
        let offset = KafkaOffset(partition, offset: 7, metadata: "of somebody else")
        try admin.commitOffsets([offset], of: "g")
        let committed = try admin.committedOffsets(of: "g", partitions: partitions)
        #expect(committed == [offset, KafkaOffset(partitions[1], offset: nil)])
    }
}
