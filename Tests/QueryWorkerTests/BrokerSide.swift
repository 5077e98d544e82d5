import EventLoop
import JSON
import Kafka

/// Whoever publishes jobs and reads replies, on a thread that may block.
actor BrokerSide {
    private nonisolated let thread = BlockingThread(name: "broker-side")
    private let properties: [String: String]
    private var readers: [String: KafkaReader] = [:]
    private let document = JSONDocument()

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(bootstrapServers: String) {
        properties = ["bootstrap.servers": bootstrapServers]
    }

    struct Reply: Sendable {
        var jobID: String?
        var kind: String?
        var status: String?
        var partition: Int32
        var source: KafkaTopicPartition
        var sourceOffset: Int64
        var key: [UInt8]?
        var headers: [KafkaHeader]
    }

    func publish(_ records: [KafkaRecord]) throws {
        let producer = try KafkaProducer(properties: properties)
        defer { producer.close() }
        for record in records { try producer.produce(record) }
        if let failure = try producer.awaitDeliveries(timeout: .seconds(20)).first { throw failure.error }
    }

    /// The next replies on `topic`. Fewer than `count` only if none came for 20 seconds.
    func replies(_ count: Int, on topic: String = "query.replies") throws -> [Reply] {
        let reader =
            try readers[topic]
            ?? KafkaReader(
                properties: properties.merging(["fetch.wait.max.ms": "10"]) { $1 }, topic: topic, partitions: 4)
        readers[topic] = reader
        var replies: [Reply] = []
        var end = MonotonicTime.current + .seconds(20)
        while replies.count < count, MonotonicTime.current < end {
            guard let reply = reader.read(timeout: .milliseconds(200), { reply(in: $0) }) else { continue }
            replies.append(reply)
            end = .current + .seconds(20)
        }
        return replies
    }

    private func reply(in message: borrowing KafkaMessage) -> Reply {
        let bytes = message.withValue { Array($0 ?? UnsafeRawBufferPointer(start: nil, count: 0)) }
        let root = try? document.parse(bytes)
        let source = root?["source"]
        return Reply(
            jobID: root?["job_id"]?.string, kind: root?["error"]?["kind"]?.string,
            status: root?["result"]?["status"]?.string, partition: message.partition,
            source: KafkaTopicPartition(
                topic: source?["topic"]?.string ?? "", partition: Int32(source?["partition"]?.int64 ?? -1)),
            sourceOffset: source?["offset"]?.int64 ?? -1, key: message.key, headers: message.headers)
    }

    func close() {
        readers = [:]
        thread.stop()
    }
}
