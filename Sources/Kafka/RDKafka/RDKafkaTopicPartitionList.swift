internal import CRdKafka
internal import Glibc

/// `rd_kafka_topic_partition_list_t`: partitions with offsets and metadata, as C functions take and give them.
struct RDKafkaTopicPartitionList: ~Copyable {
    private let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init(_ offsets: [KafkaOffset]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(offsets.count))
        for offset in offsets {
            let entry = rd_kafka_topic_partition_list_add(
                pointer, offset.topicPartition.topic, offset.topicPartition.partition)
            entry?.pointee.offset = offset.offset ?? RDKAFKA_OFFSET_BEGINNING
            guard !offset.metadata.isEmpty else { continue }
            // Freed with the list, by free(3).
            entry?.pointee.metadata = UnsafeMutableRawPointer(strdup(offset.metadata))
            entry?.pointee.metadata_size = offset.metadata.utf8.count
        }
    }

    init(_ partitions: [KafkaTopicPartition]) { self.init(partitions.map { KafkaOffset($0, offset: nil) }) }

    init(topics: [String]) {
        pointer = rd_kafka_topic_partition_list_new(Int32(topics.count))
        for topic in topics { rd_kafka_topic_partition_list_add(pointer, topic, RD_KAFKA_PARTITION_UA) }
    }

    deinit { rd_kafka_topic_partition_list_destroy(pointer) }

    func withPointer<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(pointer)
    }

    /// Copies a list that C owns.
    static func read(
        _ list: UnsafePointer<rd_kafka_topic_partition_list_t>?
    ) -> [(offset: KafkaOffset, error: KafkaError?)] {
        guard let list = list?.pointee, list.cnt > 0 else { return [] }
        return UnsafeBufferPointer(start: list.elems, count: Int(list.cnt)).map { entry in
            let metadata = entry.metadata.map {
                String(decoding: UnsafeRawBufferPointer(start: $0, count: entry.metadata_size), as: UTF8.self)
            }
            let offset = KafkaOffset(
                KafkaTopicPartition(topic: String(cString: entry.topic), partition: entry.partition),
                offset: entry.offset < 0 ? nil : entry.offset, metadata: metadata ?? "")
            return (offset, entry.err == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code: entry.err))
        }
    }
}
