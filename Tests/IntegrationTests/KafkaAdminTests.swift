internal import Foundation
internal import Glibc
internal import Kafka
internal import TestSupport
internal import Testing

extension OnRealKafka {
    @Suite struct KafkaAdminTests {
        private let admin: KafkaAdmin
        private let properties = ["bootstrap.servers": KafkaBroker.bootstrap ?? ""]
        private let name = "admin-\(UUID().uuidString.prefix(8).lowercased())"
        private var partition: KafkaTopicPartition { KafkaTopicPartition(topic: name, partition: 0) }
        private let limit = Duration.seconds(20)

        init() throws { admin = try KafkaAdmin(properties: properties) }

        private func createTopic(partitions: Int = 1, configuration: [String: String] = [:]) throws {
            try admin.createTopic(name, partitions: Int32(partitions), configuration: configuration)
            try waitForPartitions(partitions)
        }

        /// Brokers learn of a change a moment after it is made.
        private func waitForPartitions(_ count: Int?) throws {
            while try admin.partitionCount(of: name, timeout: limit) != count { usleep(10_000) }
        }

        private func publish(_ count: Int, with producer: KafkaProducer) throws {
            for number in 0..<count {
                try producer.produce(KafkaRecord(topic: name, partition: 0, value: [UInt8(number)]))
            }
            #expect(try producer.awaitDeliveries(timeout: limit).isEmpty)
        }

        private func publish(_ count: Int) throws {
            let producer = try KafkaProducer(properties: properties)
            defer { producer.close() }
            try publish(count, with: producer)
        }

        @Test func createsDescribesWidensAndDeletesATopic() throws {
            try createTopic(configuration: ["max.message.bytes": "2000000"])
            do throws(KafkaError) {
                try admin.createTopic(name, partitions: 1)
                Issue.record("the topic was created twice")
            } catch { #expect(error.code == .topicAlreadyExists) }
            #expect(try admin.maxMessageBytes(of: [name], timeout: limit) == [name: 2_000_000])
            #expect(try admin.maxMessageBytes(of: [name, name + "-gone"], timeout: limit).count == 1)
            #expect(try admin.maxMessageBytes(of: [], timeout: limit).isEmpty)
            try admin.createPartitions(of: name, upTo: 3)
            try waitForPartitions(3)
            #expect(throws: KafkaError.self) { try admin.createPartitions(of: name, upTo: 2) }
            try admin.deleteTopic(name)
            try waitForPartitions(nil)
            do throws(KafkaError) {
                try admin.deleteTopic(name)
                Issue.record("the topic was deleted twice")
            } catch { #expect(error.code == .unknownTopicOrPartition) }
        }

        @Test func deletesRecordsBeforeAnOffset() throws {
            try createTopic()
            try publish(10)
            try admin.deleteRecords(of: partition, before: 4)
            #expect(try admin.offsets(of: partition, timeout: limit) == (4, 10))
            do throws(KafkaError) {
                try admin.deleteRecords(of: partition, before: 11)
                Issue.record("records were deleted that do not exist")
            } catch { #expect(error.code == .offsetOutOfRange) }
        }

        /// `read_committed`, librdkafka's default, ends before the first record of an open transaction.
        @Test func endIsTheLastStableOffset() throws {
            try createTopic()
            try publish(2)
            let producer = try KafkaProducer(properties: properties.merging(["transactional.id": name]) { $1 })
            defer { producer.close() }
            try producer.initTransactions(timeout: limit)
            try producer.beginTransaction()
            try publish(3, with: producer)
            let uncommitted = try KafkaAdmin(
                properties: properties.merging(["isolation.level": "read_uncommitted"]) { $1 })
            #expect(try admin.offsets(of: partition, timeout: limit) == (0, 2))
            #expect(try uncommitted.offsets(of: partition, timeout: limit) == (0, 5))
            try producer.commitTransaction(timeout: limit)
            // The commit returns before its marker is written: offset 5.
            while try admin.offsets(of: partition, timeout: limit) != (0, 6) { usleep(10_000) }
            #expect(try uncommitted.offsets(of: partition, timeout: limit) == (0, 6))
        }

        @Test func committedOffsetsKeepTheirMetadata() throws {
            try createTopic(partitions: 2)
            let other = KafkaTopicPartition(topic: name, partition: 1)
            #expect(
                try admin.committedOffsets(of: name, partitions: [partition, other]).map(\.offset) == [nil, nil])
            #expect(try admin.memberCount(of: name) == 0)
            let offset = KafkaOffset(partition, offset: 7, metadata: "ours, not yours: é")
            try admin.commitOffsets([offset], of: name)
            #expect(
                try admin.committedOffsets(of: name, partitions: [partition, other], stable: true)
                    == [offset, KafkaOffset(other, offset: nil)])
        }
    }
}
