/// Where the brokers are, and what librdkafka's clients are given.
package struct KafkaConfiguration: Sendable {
    package let bootstrapServers: String
    package let groupID: String
    /// After which the broker aborts a transaction by itself.
    package let transactionTimeout: Duration
    /// Within which a consumer must poll, and a rebalance be answered.
    package let maxPollInterval: Duration
    /// The largest record that clients of this configuration send, in bytes (`message.max.bytes`).
    package let maxMessageBytes: Int
    /// Defaults that follow from other settings, by property; consumers only.
    let sizeDefaults: [String: String]
    /// What the operator set, by property.
    let properties: [String: Property]

    struct Property: Sendable {
        /// Secret or not: nothing here shows it.
        let value: Secret
        let origin: ConfigurationOrigin
    }

    /// For a consumer; complete but for what only the program can know.
    ///
    /// - Throws: if the file of a secret cannot be read.
    package func consumerProperties() throws(FileError) -> [String: String] {
        var result = try properties(for: .consumer, defaults: sizeDefaults)
        for property in KafkaProperties.owned { result[property.name] = property.consumer }
        result["group.id"] = groupID
        return result
    }

    /// For the producer, without its `transactional.id`.
    /// - Parameter limits: the largest records of its topics, in bytes, as far as known: brokers refuse a batch that is larger
    ///   as a whole, whatever is in it.
    package func producerProperties(limits: some Collection<Int> = []) throws(FileError) -> [String: String] {
        let limit = limits.min().map { min($0, maxMessageBytes) }
        var result = try properties(for: .producer, defaults: limit.map { ["batch.size": String($0)] } ?? [:])
        for property in KafkaProperties.owned { result[property.name] = property.producer }
        return result
    }

    /// For clients that neither consume nor produce.
    package func commonProperties() throws(FileError) -> [String: String] { try properties(for: .common) }

    /// Where a property's value came from, for an error that librdkafka finds.
    package func origin(of property: String) -> ConfigurationOrigin { properties[property]?.origin ?? .defaultValue }

    private func properties(
        for role: KafkaProperties.Role, defaults: [String: String] = [:]
    ) throws(FileError) -> [String: String] {
        var result = KafkaProperties.defaults(for: role).merging(defaults) { _, own in own }
        for (name, property) in properties where KafkaProperties.applies(name, to: role) {
            result[name] = try property.value.read()
        }
        result["bootstrap.servers"] = bootstrapServers
        return result
    }
}
