internal import Kafka

/// Whether anybody works on the jobs, and how much lies before them: for whoever waits for a reply that does not come.
struct WorkerGroupLook {
    /// What was found, and what to do.
    let text: String

    /// Blocks for a few seconds at most.
    init(_ configuration: SubmitConfiguration, _ clients: JobSubmitter.Clients) {
        let group = configuration.kafka.groupID
        do throws(KafkaError) {
            let members = try clients.admin.memberCount(of: group, timeout: .seconds(3))
            guard members > 0 else {
                text =
                    "no reply yet: no worker of group \(group) is running; start one: query-worker run --set "
                    + "kafka.bootstrap.servers=\(configuration.kafka.bootstrapServers) --set "
                    + "account.APPID.secret.file=FILE; if the workers' group has another name: --set kafka.group.id=NAME"
                return
            }
            let workers = members == 1 ? "1 worker" : "\(members) workers"
            let undone = try Self.undone(configuration, clients)
            text =
                undone > 0
                ? "no reply yet: \(workers) of group \(group), and up to \(undone) records of \(configuration.jobsTopic) to "
                    + "be done, yours among them; if that number does not fall, look at the workers' log"
                : "no reply yet: \(workers) of group \(group), and nothing of \(configuration.jobsTopic) to be done; do they "
                    + "publish their replies to \(configuration.repliesTopic) (replies.topic)?"
        } catch {
            let finding = CheckFinding("group \(group)", error, grant: "Describe on group \(group)")
            text = "no reply yet, and why cannot be told: \(SubmitFailure(finding))"
        }
    }

    /// Behind what the group has committed; what is done out of order counts, too.
    private static func undone(
        _ configuration: SubmitConfiguration, _ clients: JobSubmitter.Clients
    ) throws(KafkaError) -> Int64 {
        let partitions = (0..<Int32(clients.jobPartitions)).map {
            KafkaTopicPartition(topic: configuration.jobsTopic, partition: $0)
        }
        let committed = try clients.admin.committedOffsets(
            of: configuration.kafka.groupID, partitions: partitions, timeout: .seconds(3))
        var undone: Int64 = 0
        for offset in committed {
            let (beginning, end) = try clients.admin.offsets(of: offset.topicPartition, timeout: .seconds(3))
            undone += max(0, end - (offset.offset ?? beginning))
        }
        return undone
    }
}
