internal import Kafka

extension ReplayConfiguration {
    /// What an error means for the operator.
    func exit(for error: KafkaError) -> WorkerExit {
        if error.isFencing {
            return .fatal(
                "another query-worker replay with the transactional id \"\(memoryGroup)\" has begun, and goes on alone; or "
                    + "the brokers have ended a transaction that was open for longer than kafka.transaction.timeout.ms. "
                    + "Nothing was replayed twice. If no other one runs, run it again: it goes on where it ended")
        }
        switch error.code {
        case _ where error.isRefusal:
            return .permission(
                "the brokers refuse: \(error). A replay needs Read on \(deadLetterTopic ?? "") and on the group "
                    + "\(memoryGroup), Write on \(jobsTopic) and on the transactional id \(memoryGroup)")
        case .timedOut, .transport, .allBrokersDown:
            return .fatal(
                "no answer from the brokers (\(kafka.bootstrapServers)): \(error). Check kafka.bootstrap.servers and the "
                    + "network between, and run it again: it goes on where it ended")
        case .messageTooLarge, .recordListTooLarge:
            return .fatal(
                "\(error). The brokers do not tell how large the records of \(jobsTopic) may be: set "
                    + "kafka.message.max.bytes to its max.message.bytes, or permit DescribeConfigs on it. Then those that "
                    + "are larger are named, and left alone")
        default:
            if let property = error.property { return .configuration("kafka.\(property): \(error.reason)") }
            return .fatal("\(error). Run it again: it goes on where it ended, and replays nothing twice")
        }
    }
}
