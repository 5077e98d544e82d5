internal import CRdKafka

extension KafkaAdmin {
    package func offsets(
        of partition: KafkaTopicPartition, timeout: Duration
    ) throws(KafkaError) -> (beginning: Int64, end: Int64) {
        var low: Int64 = 0
        var high: Int64 = 0
        try check(
            rd_kafka_query_watermark_offsets(
                client, partition.topic, partition.partition, &low, &high, timeout.milliseconds))
        return (low, high)
    }
}
