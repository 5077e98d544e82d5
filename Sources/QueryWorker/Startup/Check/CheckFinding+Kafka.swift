internal import Kafka

extension CheckFinding {
    /// What a broker or librdkafka refused.
    /// - Parameters:
    ///   - grant: completes "grant …", for permissions that are missing.
    ///   - advice: for failures of any other kind.
    init(
        _ subject: String, _ error: KafkaError, grant: String,
        advice: String = "look at the brokers, and at the network between"
    ) {
        if let property = error.property {
            self.init(
                .failed(.configuration), subject, "kafka.\(property): \(error.reason)",
                remedy: "change that property")
            return
        }
        switch error.code {
        case _ where error.lacksPermission:
            self.init(
                .failed(.permission), subject, "the brokers refuse permission: \(error.code.name)",
                remedy: "grant \(grant)")
        case .authentication:
            self.init(
                .failed(.permission), subject, "the brokers refuse the credentials: \(error.reason)",
                remedy: "correct kafka.sasl.username, kafka.sasl.password and kafka.sasl.mechanism")
        case .invalidArgument:
            self.init(.failed(.configuration), subject, error.reason, remedy: "change the kafka.* settings")
        default:
            self.init(.failed(.fatal), subject, "\(error)", remedy: advice)
        }
    }
}
