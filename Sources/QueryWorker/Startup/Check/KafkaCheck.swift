internal import EventLoop
internal import Kafka

/// Looks at all of Kafka that `run` depends on, and leaves it as it is: joins no group, commits nothing, publishes
/// nothing that a reader could see, and fences no worker. Blocks for seconds, so it belongs off the loop.
///
/// One file for each thing that is looked at; each brings its findings, and a failure of one keeps only those from being
/// looked at that make no sense without it.
package struct KafkaCheck {
    let configuration: WorkerConfiguration
    private let started = MonotonicTime.current
    private let progress: (String) -> Void

    /// Limit of one question to the brokers.
    let timeout = Duration.seconds(10)

    /// - Parameter progress: gets a line where the checks take longer than a few seconds.
    package init(configuration: WorkerConfiguration, progress: @escaping (String) -> Void) {
        self.configuration = configuration
        self.progress = progress
    }

    package func run() -> [CheckFinding] {
        let admin: KafkaAdmin
        var findings: [CheckFinding]
        do {
            let properties = try Properties(configuration)
            (admin, findings) = try connect(properties)
            guard findings.allSatisfy({ $0.status == .ok }) else {
                return findings + skipped(subjects, "no broker answers")
            }
            let (topicFindings, partitions) = topics(admin)
            findings += topicFindings
            findings += credentialTopic(admin)
            findings += read(partitions[configuration.jobsTopic], properties)
            findings += group(partitions[configuration.jobsTopic], admin)
            findings += transactions(Set(partitions.keys), properties)
            return findings
        } catch let error as FileError {
            return [CheckFinding(.failed(.configuration), CheckFinding.configuration, "\(error)")]
                + skipped(["brokers"] + subjects, "Kafka's secret cannot be read")
        } catch {
            let finding = (error as? KafkaError).map { CheckFinding("brokers", $0, grant: "") }
            return [finding ?? CheckFinding(.failed(.fatal), "brokers", "\(error)")]
                + skipped(subjects, "no broker was asked")
        }
    }

    /// What each kind of client is given.
    struct Properties {
        let common: [String: String]
        let consumer: [String: String]
        let producer: [String: String]

        init(_ configuration: WorkerConfiguration) throws(FileError) {
            common = try configuration.kafka.commonProperties()
            consumer = try configuration.kafka.consumerProperties()
            producer = try configuration.kafka.producerProperties()
        }
    }

    // MARK: Subjects, and what is said of those that are not looked at

    func topicSubject(_ topic: String) -> String { "topic \(topic)" }
    func writeSubject(_ topic: String) -> String { "write \(topic)" }
    var readSubject: String { "read \(configuration.jobsTopic)" }
    var groupSubject: String { "group \(configuration.kafka.groupID)" }
    var transactionsSubject: String { "transactions" }

    /// All but the brokers.
    private var subjects: [String] {
        configuration.topics.map(topicSubject) + [readSubject, groupSubject, transactionsSubject]
            + configuration.writtenTopics.map(writeSubject)
    }

    func skipped(_ subjects: [String], _ reason: String) -> [CheckFinding] {
        subjects.map { CheckFinding(.skipped, $0, reason) }
    }

    /// Before something that may take its time: tells those who wait what is being looked at.
    func beginning(_ what: String) {
        if MonotonicTime.current - started > .seconds(3) { progress("checking \(what) …") }
    }

    func report(progress text: String) { progress(text) }
}
