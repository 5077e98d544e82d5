/// The configuration as it is found, right or wrong: for `query-worker config`.
package struct ConfigurationReport: Sendable {
    /// In the order of the table of keys.
    package let settings: [ConfigurationSetting]
    package let problems: [ConfigurationProblem]
    package let warnings: [String]

    init(_ values: ConfigurationValues, _ configuration: WorkerConfiguration) {
        problems = values.problems
        warnings = values.warnings
        settings = ConfigurationKeys.all.flatMap { key -> [ConfigurationSetting] in
            switch key.name {
            case ConfigurationKeys.kafkaProperties.name: Self.kafka(key, values, configuration.kafka)
            case let name where name.contains("<appid>"): Self.rowsByAppID(key, values)
            case ConfigurationKeys.deadLetterTopic.name:
                [
                    Self.setting(
                        key, name: key.name,
                        default: WorkerConfiguration.defaultDeadLetterTopic(configuration.jobsTopic), values)
                ]
            default: [Self.setting(key, name: key.name, default: key.defaultText, values)]
            }
        }
    }

    private static func setting(
        _ key: ConfigurationKeyInfo, name: String, shownAs shown: String? = nil, default defaultText: String,
        _ values: ConfigurationValues
    ) -> ConfigurationSetting {
        let entry = values.entries[name]
        return ConfigurationSetting(
            key: shown ?? name, value: entry.map { SettingText.shown($0.text, of: name) } ?? defaultText,
            defaultText: defaultText, unit: key.unit, origin: values.origin(of: name), summary: key.summary)
    }

    /// The pattern's row for each account, or component; itself if there is none.
    private static func rowsByAppID(
        _ key: ConfigurationKeyInfo, _ values: ConfigurationValues
    ) -> [ConfigurationSetting] {
        let appIDs = values.appIDs(ofFamily: key.name.prefix { $0 != "." })
        if appIDs.isEmpty { return [setting(key, name: key.name, default: key.defaultText, values)] }
        return appIDs.map { appID, spelled in
            let isFile = values.entries[key.name.replacing("<appid>", with: appID) + ".file"] != nil
            let pattern = isFile ? key.name + ".file" : key.name
            return setting(
                key, name: pattern.replacing("<appid>", with: appID),
                shownAs: pattern.replacing("<appid>", with: spelled), default: key.defaultText, values)
        }
    }

    /// A row for each property that the worker or the operator gives librdkafka.
    private static func kafka(
        _ key: ConfigurationKeyInfo, _ values: ConfigurationValues, _ kafka: KafkaConfiguration
    ) -> [ConfigurationSetting] {
        let fixed = [ConfigurationKeys.bootstrapServers.name, ConfigurationKeys.groupID.name]
        var defaults = kafka.sizeDefaults
        for role in KafkaProperties.Role.allCases {
            defaults.merge(KafkaProperties.defaults(for: role)) { _, new in new }
        }
        let names = Set(values.entries.keys.filter { $0.hasPrefix("kafka.") }).union(
            defaults.keys.map { "kafka." + $0 })
        return names.subtracting(fixed).sorted().map { name in
            let property = String(name.dropFirst("kafka.".count))
            return setting(key, name: name, default: defaults[property] ?? "", values)
        }
    }
}
