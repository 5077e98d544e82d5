internal import Kafka

/// Whether the topic of `credentials.store=kafka` is as it must be: one partition, which is the only one that orders what
/// is said of an account, and compaction, which keeps the last of each key for ever. Blocks.
struct CredentialTopicCheck {
    let topic: String
    let bootstrapServers: String

    enum Verdict: Equatable {
        case compacted
        /// What the broker does with the topic may not be read.
        case unknown
        case wrong(found: String, remedy: String)
    }

    func verdict(_ admin: KafkaAdmin, timeout: Duration) throws(KafkaError) -> Verdict {
        guard let count = try admin.partitionCount(of: topic, timeout: timeout) else {
            return .wrong(found: "does not exist", remedy: "create it: \(creation)")
        }
        guard count == 1 else {
            return .wrong(
                found: "has \(count) partitions, but one orders what is said of an account",
                remedy: "delete it and create it anew, or set credentials.topic to another: \(creation)")
        }
        let policy: String?
        do throws(KafkaError) { policy = try admin.cleanupPolicy(of: topic, timeout: timeout) } catch {
            guard error.lacksPermission else { throw error }
            policy = nil
        }
        guard let policy else { return .unknown }
        guard policy != "compact" else { return .compacted }
        return .wrong(
            found: "has cleanup.policy=\(policy), which forgets credentials after a while, but compact keeps them",
            remedy: "alter it: kafka-configs.sh --bootstrap-server \(bootstrapServers) --alter --topic \(topic) "
                + "--add-config cleanup.policy=compact")
    }

    /// For a shell.
    var creation: String {
        "kafka-topics.sh --bootstrap-server \(bootstrapServers) --create --topic \(topic) --partitions 1 "
            + "--config cleanup.policy=compact"
    }
}

extension WorkerConfiguration {
    /// Nil with the other stores.
    var credentialTopicCheck: CredentialTopicCheck? {
        guard credentials.store == .kafka, let topic = credentials.topic else { return nil }
        return CredentialTopicCheck(topic: topic, bootstrapServers: kafka.bootstrapServers)
    }
}
