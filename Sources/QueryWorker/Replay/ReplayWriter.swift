internal import Kafka

/// Gathers records for a transaction, and remembers them in the same one.
final class ReplayWriter {
    private static let recordsMax = 500
    private static let bytesMax = 4 << 20

    /// nil in a dry run, which writes nothing.
    private let producer: ReplayProducer?
    var memory: ReplayMemory
    /// As the brokers have it.
    private var committed: [KafkaOffset]
    private var records: [KafkaRecord] = []
    private var bytes = 0

    /// - Parameter memory: what is committed.
    init(_ producer: ReplayProducer?, _ memory: ReplayMemory) {
        self.producer = producer
        self.memory = memory
        committed = memory.offsets
    }

    /// Records that wait for their transaction.
    var batched: Int { records.count }

    var isFull: Bool { records.count >= Self.recordsMax || bytes >= Self.bytesMax }

    /// Commits again what is committed.
    func renewMemory() throws(KafkaError) {
        if !committed.isEmpty { try producer?.write([], remembering: committed) }
    }

    /// - Parameters:
    ///   - offset: of its dead letter.
    ///   - partition: of its dead letter.
    /// - Returns: false, and adds nothing, if the memory would be larger than the brokers take.
    func add(_ record: KafkaRecord, _ offset: Int64, of partition: KafkaTopicPartition) -> Bool {
        guard memory.remember(offset, of: partition) else { return false }
        records.append(record)
        bytes += record.size
        return true
    }

    /// Writes what was added, and what is remembered now.
    /// - Returns: false where there was nothing to write.
    func write() throws(KafkaError) -> Bool {
        let offsets = memory.offsets
        guard let producer, !records.isEmpty || offsets != committed else { return false }
        try producer.write(records, remembering: offsets)
        committed = offsets
        clear()
        return true
    }

    /// Gives up what was added since the last `write`.
    func drop(_ memory: ReplayMemory) {
        self.memory = memory
        clear()
    }

    private func clear() {
        records = []
        bytes = 0
    }
}
