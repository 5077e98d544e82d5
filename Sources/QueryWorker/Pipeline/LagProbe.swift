internal import EventLoop
internal import Glibc
internal import Kafka

/// Asks the brokers where partitions end: on a thread of its own.
actor LagProbe {
    private nonisolated let thread = BlockingThread(name: "lag-probe")
    private let properties: [String: String]
    private let credentials: KafkaCredentials
    private let logger: Logger
    private var admin: KafkaAdmin?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter properties: librdkafka's, for a client that neither consumes nor produces.
    init(properties: [String: String], credentials: KafkaCredentials, logger: Logger) {
        self.properties = properties
        self.credentials = credentials
        self.logger = logger
    }

    /// By a client of its own, since the consumer may be what is broken. First offset and last stable offset of each; a partition of which the brokers do not tell is left out.
    func ranges(of partitions: [KafkaTopicPartition]) -> [Int32: Range<Int64>] {
        var ranges: [Int32: Range<Int64>] = [:]
        for partition in partitions {
            do throws(KafkaError) {
                if admin == nil { admin = try KafkaAdmin(properties: properties, credentials: credentials) }
                guard let (beginning, end) = try admin?.offsets(of: partition, timeout: .seconds(5)) else { continue }
                ranges[partition.partition] = beginning..<max(beginning, end)
            } catch {
                logger.debug("end of partition not known", ["partition": "\(partition)", "error": "\(error)"])
                // Without a broker that answers, each would wait as long.
                if error.code == .timedOut { break }
            }
        }
        _ = admin?.takeErrors()
        return ranges
    }

    /// Has the consumer's new partitions be fetched at once. More than once: it may not have taken note of them yet.
    func hurry(_ leaders: KafkaLeaders, for partitions: [KafkaTopicPartition]) {
        for pause in [5, 30, 120] {
            usleep(useconds_t(pause * 1000))
            leaders.wake(for: partitions, timeout: .milliseconds(500))
        }
    }

    /// The last call.
    func close() {
        admin = nil
        thread.stop()
    }
}
