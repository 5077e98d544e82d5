internal import Kafka
internal import QueryWorker

/// Where the jobs and replies of one run are: topics of its own, on embedded brokers or on real ones.
///
/// Blocks, and belongs to one thread.
final class BenchBrokers {
    let groupID: String
    let jobsTopic: String
    let repliesTopic: String
    /// Nil where the brokers are real.
    let embedded: KafkaMockCluster?
    let kafka: KafkaConfiguration
    let partitions: Int
    let replyPartitions: Int
    let stop: () throws(BenchFailure) -> Void

    /// What an embedded broker keeps of one partition. It drops the oldest records beyond.
    static let embeddedPartitionBytes = 5 << 20
    static let patience = Duration.seconds(30)

    /// Makes the topics.
    init(
        _ configuration: BenchConfiguration, _ settings: BenchSettings, id: String,
        stop: @escaping () throws(BenchFailure) -> Void
    ) throws(BenchFailure) {
        groupID = "bench-\(id)"
        jobsTopic = "bench-\(id)-jobs"
        repliesTopic = "bench-\(id)-replies"
        partitions = settings.partitions
        kafka = configuration.worker.kafka
        self.stop = stop
        if configuration.hasBrokers {
            embedded = nil
            replyPartitions = partitions
            do throws(BenchFailure) { try makeTopics() } catch {
                _ = remove()
                throw error
            }
        } else {
            // A reply takes less than a thousand bytes.
            replyPartitions = max(partitions, settings.jobs * 1000 / Self.embeddedPartitionBytes + 1)
            do throws(KafkaError) {
                let cluster = try KafkaMockCluster()
                embedded = cluster
                try cluster.createTopic(jobsTopic, partitions: Int32(partitions))
                try cluster.createTopic(repliesTopic, partitions: Int32(replyPartitions))
            } catch { throw BenchFailure("embedded brokers", error, grant: "") }
        }
    }

    private func makeTopics() throws(BenchFailure) {
        let properties = try properties()
        try asking("brokers at \(kafka.bootstrapServers)", grant: "Create on topics bench-*") {
            () throws(KafkaError) in
            let admin = try KafkaAdmin(properties: properties)
            do throws(KafkaError) { _ = try admin.brokers(timeout: .seconds(5)) } catch {
                let errors = admin.takeErrors()
                throw errors.first { $0.code == .authentication } ?? errors.last { $0.code != .allBrokersDown } ?? error
            }
            // As many replicas as the brokers give a topic by default. That of replies first: it is needed last, when all
            // brokers know of it.
            try admin.createTopic(repliesTopic, partitions: Int32(replyPartitions), replicationFactor: -1)
            try admin.createTopic(jobsTopic, partitions: Int32(partitions), replicationFactor: -1)
        }
    }

    /// Deletes the topics; embedded ones go with their brokers.
    /// - Returns: what could not be deleted, and why; nil if nothing is left.
    func remove() -> String? {
        guard embedded == nil, let properties = try? properties() else { return nil }
        var left: [String] = []
        for topic in [jobsTopic, repliesTopic] {
            do throws(KafkaError) {
                try KafkaAdmin(properties: properties).deleteTopic(topic)
            } catch {
                if error.code != .unknownTopicOrPartition { left.append("topic \(topic) is left: \(error)") }
            }
        }
        return left.isEmpty ? nil : left.joined(separator: "; ")
    }

    // MARK: Clients

    var bootstrapServers: String { embedded?.bootstrapServers ?? kafka.bootstrapServers }

    func properties() throws(BenchFailure) -> [String: String] {
        if let embedded {
            return ["bootstrap.servers": embedded.bootstrapServers, "fetch.wait.max.ms": "10", "log_level": "0"]
        }
        do throws(FileError) {
            return try kafka.commonProperties().merging(["log_level": "0"]) { $1 }
        } catch { throw BenchFailure("\(error)", exitCode: ExitCode.configuration) }
    }

    func producerProperties() throws(BenchFailure) -> [String: String] {
        if let embedded { return ["bootstrap.servers": embedded.bootstrapServers, "linger.ms": "20"] }
        do throws(FileError) {
            return ["linger.ms": "20"].merging(try kafka.producerProperties()) { $1 }
        } catch { throw BenchFailure("\(error)", exitCode: ExitCode.configuration) }
    }

    func asking<Result>(
        _ subject: String, grant: String, _ call: () throws(KafkaError) -> Result
    ) throws(BenchFailure) -> Result {
        do throws(KafkaError) { return try call() } catch { throw BenchFailure(subject, error, grant: grant) }
    }
}
