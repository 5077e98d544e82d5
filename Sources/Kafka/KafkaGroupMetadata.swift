internal import CRdKafka

/// Who a consumer was in its group at one moment: what fences a transaction's offsets.
///
/// A snapshot, to be taken when an assignment arrives: one taken before the join is accepted by brokers *unfenced*, so
/// there is no way here to make one of a consumer that has no member and no generation.
package struct KafkaGroupMetadata: Hashable, Sendable {
    private let serialized: [UInt8]

    /// - Parameter client: a consumer's handle.
    /// - Returns: nil if the consumer is not a member of its group at this moment.
    init?(client: OpaquePointer, groupID: String, instanceID: String?) {
        guard let member = rd_kafka_memberid(client) else { return nil }
        defer { rd_kafka_mem_free(client, member) }
        guard member.pointee != 0, let metadata = rd_kafka_consumer_group_metadata(client) else { return nil }
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        guard let bytes = Self.serialize(metadata) else { return nil }
        // librdkafka tells nobody the generation; a snapshot equal to one made with generation -1 has none.
        guard
            let withoutGeneration = rd_kafka_consumer_group_metadata_new_with_genid(groupID, -1, member, instanceID)
        else { return nil }
        defer { rd_kafka_consumer_group_metadata_destroy(withoutGeneration) }
        guard bytes != Self.serialize(withoutGeneration) else { return nil }
        serialized = bytes
    }

    /// For a group that never has members. Brokers fence nobody by it: the `transactional.id` of the producer must.
    package init(ofGroupWithoutMembers groupID: String) throws(KafkaError) {
        guard let metadata = rd_kafka_consumer_group_metadata_new(groupID) else {
            throw KafkaError(code: .invalidArgument, reason: "\"\(groupID)\" is no name of a group")
        }
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        guard let bytes = Self.serialize(metadata) else {
            throw KafkaError(code: .invalidArgument, reason: "the metadata of group \(groupID) could not be written")
        }
        serialized = bytes
    }

    func withPointer<Result>(_ body: (OpaquePointer) throws(KafkaError) -> Result) throws(KafkaError) -> Result {
        var metadata: OpaquePointer?
        let error = serialized.withUnsafeBytes { bytes in
            rd_kafka_consumer_group_metadata_read(&metadata, bytes.baseAddress, bytes.count)
        }
        try check(consuming: error)
        guard let metadata else {
            throw KafkaError(code: .invalidArgument, reason: "the group metadata could not be read back")
        }
        defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
        return try body(metadata)
    }

    private static func serialize(_ metadata: OpaquePointer) -> [UInt8]? {
        var buffer: UnsafeMutableRawPointer?
        var size = 0
        if let error = rd_kafka_consumer_group_metadata_write(metadata, &buffer, &size) {
            rd_kafka_error_destroy(error)
            return nil
        }
        guard let buffer else { return nil }
        defer { rd_kafka_mem_free(nil, buffer) }
        return Array(UnsafeRawBufferPointer(start: buffer, count: size))
    }
}
