internal import Kafka

extension KafkaError {
    /// The brokers refuse the password, or a permission.
    var isRefusal: Bool { code == .authentication || lacksPermission }

    var lacksPermission: Bool {
        [
            .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed,
            .transactionalIDAuthorizationFailed,
        ].contains(code)
    }
}
