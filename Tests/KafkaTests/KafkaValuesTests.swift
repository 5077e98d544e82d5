import Kafka
import Testing

@Suite struct KafkaValuesTests {
    @Test func partitionIsWrittenAsTopicAndNumber() {
        #expect("\(KafkaTopicPartition(topic: "query.requests", partition: 3))" == "query.requests/3")
    }

    @Test func headerWithoutAValueIsNotOneWithAnEmptyValue() {
        #expect(KafkaHeader(name: "a", value: nil) != KafkaHeader("a", ""))
        #expect(KafkaHeader("a", "é").value == [0xC3, 0xA9])
    }

    @Test func offsetThatIsNotCommittedIsNotTheFirst() {
        let partition = KafkaTopicPartition(topic: "t", partition: 0)
        #expect(KafkaOffset(partition, offset: nil) != KafkaOffset(partition, offset: 0))
        #expect(KafkaOffset(partition, offset: 0).metadata == "")
    }

    @Test func recordLeavesItsPartitionToThePartitioner() {
        let record = KafkaRecord(topic: "t", value: nil)
        #expect(record.partition == nil && record.key == nil && record.value == nil && record.headers.isEmpty)
    }
}
