internal import Kafka

/// Whether the topics exist that the worker can't work without. Blocks, so it belongs off the loop.
package struct TopicCheck {
    private let configuration: WorkerConfiguration
    private let logger: Logger

    package init(configuration: WorkerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    package enum Outcome: Sendable {
        /// All topics are there. The largest record that each takes, in bytes, as far as the brokers tell.
        case passed(limits: [String: Int])
        /// What to tell the operator.
        case refused(WorkerExit)
    }

    /// Waits for the brokers, however long that takes.
    /// - Throws: if the file of a secret for Kafka can't be read.
    package func run() throws(FileError) -> Outcome {
        let properties = try configuration.kafka.commonProperties()
        do throws(KafkaError) {
            let admin = try KafkaAdmin(properties: properties)
            var missing: [String] = []
            for topic in configuration.topics where try partitionCount(of: topic, admin) == nil {
                missing.append(topic)
            }
            guard missing.isEmpty else { return .refused(.configuration(advice(for: missing))) }
            if let check = configuration.credentialTopicCheck,
                case .wrong(let found, let remedy) = try check.verdict(admin, timeout: .seconds(5))
            {
                return .refused(.configuration("credentials.topic \(check.topic): \(found); \(remedy)"))
            }
            // Good to know, but not worth an end: it takes a permission of its own.
            let limits = try? admin.maxMessageBytes(of: configuration.writtenTopics, timeout: .seconds(5))
            return .passed(limits: limits ?? [:])
        } catch {
            return .refused(.startFailed(error))
        }
    }

    private func partitionCount(of topic: String, _ admin: KafkaAdmin) throws(KafkaError) -> Int? {
        while true {
            do {
                return try admin.partitionCount(of: topic, timeout: .seconds(5))
            } catch {
                guard [.timedOut, .transport, .allBrokersDown].contains(error.code) else { throw error }
                if let refusal = admin.takeErrors().first(where: { $0.code == .authentication }) { throw refusal }
                logger.warning(
                    "waiting for the brokers",
                    ["servers": "\(configuration.kafka.bootstrapServers)", "error": "\(error)"])
            }
        }
    }

    private func advice(for missing: [String]) -> String {
        let commands = missing.map { "  " + configuration.commandCreating($0) }
        let subject = missing.count == 1 ? "a topic does not exist" : "topics do not exist"
        return "\(subject): \(missing.joined(separator: ", ")). Create \(missing.count == 1 ? "it" : "them"):\n"
            + commands.joined(separator: "\n")
    }
}

extension WorkerConfiguration {
    /// All that must exist: of jobs, of replies, of dead letters.
    var topics: [String] { [jobsTopic] + writtenTopics }

    /// All that the worker publishes to.
    var writtenTopics: [String] {
        [repliesTopic] + allowedReplyTopics.subtracting([repliesTopic]).sorted() + [deadLetterTopic].compactMap { $0 }
    }

    /// For a shell.
    func commandCreating(_ topic: String) -> String { kafka.commandCreating(topic) }
}

extension KafkaConfiguration {
    /// For a shell.
    func commandCreating(_ topic: String) -> String {
        "kafka-topics.sh --bootstrap-server \(bootstrapServers) --create --topic \(topic) --partitions 8"
    }
}
