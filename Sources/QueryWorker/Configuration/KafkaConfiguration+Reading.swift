internal import Kafka

extension KafkaConfiguration {
    /// - Parameter maxMemory: what fetched records may take a half of.
    init(from values: inout ConfigurationValues, maxMemory: Int) {
        let bootstrapServers = values.value(of: ConfigurationKeys.bootstrapServers)
        if bootstrapServers == nil,
            values.entries[ConfigurationKeys.bootstrapServers.name]?.text.trimmed.isEmpty ?? true
        {
            let wanted = ConfigurationKeys.bootstrapServers.syntax.wanted
            values.problem(ConfigurationKeys.bootstrapServers.name, "is not set; give \(wanted)")
        }
        self.bootstrapServers = bootstrapServers ?? ""
        groupID = values.value(of: ConfigurationKeys.groupID)
        transactionTimeout = .milliseconds(
            values.number(ofKafka: "transaction.timeout.ms", default: 10_000, range: 1000...2_147_483_647))
        maxPollInterval = .milliseconds(
            values.number(ofKafka: "max.poll.interval.ms", default: 300_000, range: 1...86_400_000))
        maxMessageBytes = values.number(
            ofKafka: "message.max.bytes", default: 1_000_000, range: 1000...1_000_000_000)
        sizeDefaults = Self.sizeDefaults(maxMemory: maxMemory, largestMessage: maxMessageBytes)
        properties = Self.properties(from: &values)
    }

    /// librdkafka holds up to `queued.max.messages.kbytes`, and overshoots by one response of each broker.
    private static func sizeDefaults(maxMemory: Int, largestMessage: Int) -> [String: String] {
        let librdkafkaDefault = 52_428_800
        return [
            "queued.max.messages.kbytes": String(min(maxMemory / 4 / 1024, 2_097_151)),
            "fetch.max.bytes": String(max(min(maxMemory / 8, librdkafkaDefault), largestMessage)),
        ]
    }

    private static func properties(from values: inout ConfigurationValues) -> [String: Property] {
        let own = [ConfigurationKeys.bootstrapServers.name, ConfigurationKeys.groupID.name]
        var properties: [String: Property] = [:]
        for key in values.entries.keys.sorted() where key.hasPrefix("kafka.") && !own.contains(key) {
            let name = ConfigurationNames.secretKey(ofFileKey: key) ?? key
            let property = String(name.dropFirst("kafka.".count))
            if let owned = KafkaProperties.owned.first(where: { $0.name == property }) {
                values.problem(key, "cannot be set: \(owned.reason)")
            } else if ConfigurationNames.isSecret(name) {
                guard let secret = values.secret(name) else { continue }
                properties[property] = Property(value: secret, origin: values.origin(of: key))
            } else if let entry = values.entries[key] {
                let text = String(entry.text.trimmed)
                values.check(key, property: property, text)
                properties[property] = Property(value: Secret(text), origin: entry.origin)
            }
        }
        return properties
    }
}

extension ConfigurationValues {
    fileprivate mutating func check(_ key: String, property: String, _ text: String) {
        switch KafkaPropertyVerdict(name: property, value: text) {
        case .accepted: break
        case .unknown:
            let nearest = NearestName.of(property, among: KafkaProperties.names)
            let remedy = nearest.map { "did you mean kafka.\($0)?" } ?? "its documentation lists all"
            problem(key, "is no property of librdkafka; \(remedy)")
        case .refused(let reason):
            // The worker's own wish is the stricter one, and has been said.
            if !problems.contains(where: { $0.subject == key }) { problem(key, "is refused by librdkafka: \(reason)") }
        }
    }

    /// A property that the worker reckons with itself, beside passing it on.
    fileprivate mutating func number(ofKafka property: String, default number: Int, range: ClosedRange<Int>) -> Int {
        value(of: ConfigurationKey("kafka." + property, .integer(range), default: number, unit: "", ""))
    }
}
