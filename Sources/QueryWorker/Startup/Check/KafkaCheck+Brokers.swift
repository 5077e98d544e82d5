internal import Kafka

extension KafkaCheck {
    /// - Throws: if no client can be made at all.
    func connect(_ properties: Properties) throws(KafkaError) -> (KafkaAdmin, [CheckFinding]) {
        let admin = try KafkaAdmin(properties: properties.common)
        do throws(KafkaError) {
            let brokers = try brokers(admin)
            let noun = brokers.count == 1 ? "broker" : "brokers"
            let addresses = brokers.map(\.description).joined(separator: ", ")
            return (admin, [CheckFinding(.ok, "brokers", "\(brokers.count) \(noun): \(addresses)")])
        } catch {
            let finding = CheckFinding(
                "brokers", error, grant: "",
                advice: "check kafka.bootstrap.servers (\(configuration.kafka.bootstrapServers)), "
                    + "kafka.security.protocol, and the network between")
            return (admin, [finding])
        }
    }

    /// A short try, a word to those who wait, and a longer one.
    private func brokers(_ admin: KafkaAdmin) throws(KafkaError) -> [KafkaBrokerAddress] {
        let first = Duration.seconds(3)
        let cause: KafkaError
        do {
            return try admin.brokers(timeout: first)
        } catch {
            cause = self.cause(admin) ?? error
            if cause.code == .authentication { throw cause }
            report(progress: "waiting for the brokers at \(configuration.kafka.bootstrapServers): \(cause.reason)")
        }
        do {
            return try admin.brokers(timeout: timeout - first)
        } catch {
            // librdkafka does not report again what stays the same.
            throw self.cause(admin) ?? cause
        }
    }

    /// What went wrong on the way, which says more than that nobody answered.
    private func cause(_ admin: KafkaAdmin) -> KafkaError? {
        let errors = admin.takeErrors().filter { $0.code != .allBrokersDown }
        return errors.first { $0.code == .authentication } ?? errors.last
    }
}
