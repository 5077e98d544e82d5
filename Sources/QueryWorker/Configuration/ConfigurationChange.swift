/// What a configuration that was read again changes for a worker that runs: what it can take, and what only a restart
/// brings.
struct ConfigurationChange: Sendable {
    /// Keys, in order.
    private(set) var applicable: [String] = []
    private(set) var needsRestart: [String] = []

    /// - Parameters:
    ///   - start: what the worker was started with.
    ///   - fingerprint: of what is in force.
    init(from start: WorkerConfiguration, _ fingerprint: ConfigurationFingerprint, to new: WorkerConfiguration) {
        let changes = new.fingerprint.changes(since: fingerprint)
        for key in changes {
            if Self.isApplicable(key, start, new, changes) { applicable.append(key) } else { needsRestart.append(key) }
        }
    }

    private static func isApplicable(
        _ key: String, _ start: WorkerConfiguration, _ new: WorkerConfiguration, _ changes: [String]
    ) -> Bool {
        if key == ConfigurationKeys.logLevel.name { return true }
        if KafkaConfiguration.credentialKeys.contains(key) {
            return new.kafka.credentialsCanChange
                && KafkaConfiguration.authenticationKeys.isDisjoint(with: changes)
        }
        guard let (family, appID, field) = ConfigurationNames.appIDParts(key) else { return false }
        let isSecret = ConfigurationNames.isSecret(ConfigurationNames.secretKey(ofFileKey: key) ?? key)
        if family == "component" {
            return isSecret && start.component(appID) != nil && new.component(appID) != nil
        }
        guard let old = start.account(appID), let new = new.account(appID) else { return false }
        if field == "rate" { return true }
        return isSecret && old.mode == new.mode && old.replaceableSecret != nil && new.replaceableSecret != nil
    }
}

extension WorkerConfiguration {
    /// Whatever the appid's case.
    func account(_ appID: some StringProtocol) -> AccountConfiguration? {
        accounts.first { $0.appID.lowercased() == appID.lowercased() }
    }

    func component(_ appID: some StringProtocol) -> ComponentConfiguration? {
        components.first { $0.appID.lowercased() == appID.lowercased() }
    }
}

extension KafkaConfiguration {
    /// By which the worker says who it is.
    static let credentialKeys: Set = ["kafka.sasl.username", "kafka.sasl.password", "kafka.sasl.password.file"]

    /// How it says so: what is in force was made for the old way.
    static let authenticationKeys: Set = ["kafka.sasl.mechanism", "kafka.sasl.mechanisms", "kafka.security.protocol"]

    /// Whether there are credentials, of a kind that clients take while they run.
    var credentialsCanChange: Bool {
        guard properties["sasl.username"] != nil, properties["sasl.password"] != nil,
            let mechanism = try? (properties["sasl.mechanism"] ?? properties["sasl.mechanisms"])?.value.read()
        else { return false }
        return mechanism == "PLAIN" || mechanism.hasPrefix("SCRAM-")
    }
}
