internal import Kafka

extension ReplayConfiguration {
    /// What an error means for the operator.
    func exit(for error: KafkaError) -> WorkerExit {
        if error.isFencing {
            return .fatal(
                "another query-worker replay with the transactional id \"\(memoryGroup)\" has begun, and goes on alone. "
                    + "Nothing was replayed twice")
        }
        switch error.code {
        case .authentication, .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed,
            .transactionalIDAuthorizationFailed:
            return .permission(
                "the brokers refuse: \(error). A replay needs Read on \(deadLetterTopic ?? "") and on the group "
                    + "\(memoryGroup), Write on \(jobsTopic) and on the transactional id \(memoryGroup)")
        case .timedOut, .transport, .allBrokersDown:
            return .fatal(
                "no answer from the brokers (\(kafka.bootstrapServers)): \(error). Check kafka.bootstrap.servers and the "
                    + "network between, and run it again: it goes on where it ended")
        default:
            if let property = error.property { return .configuration("kafka.\(property): \(error.reason)") }
            return .fatal("\(error). Run it again: it goes on where it ended, and replays nothing twice")
        }
    }
}
