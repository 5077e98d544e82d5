internal import WeChat

/// What a bench takes of a worker's configuration: its brokers, and all that tunes it. Topics, group, accounts and the API
/// are the bench's own.
package struct BenchConfiguration: Sendable {
    /// Where the bench is to say something itself, a stand-in.
    package let worker: WorkerConfiguration
    /// Whether brokers are named; if not, the bench has embedded ones.
    package let hasBrokers: Bool
    /// By key. May hold secrets: for the standard input of a worker, not for arguments that others see.
    private let settings: [String: String]

    /// The account that asks: the only one, and the simulator takes any.
    private static let account = ["account.wxbench.secret": "bench"]

    init(from values: inout ConfigurationValues) {
        for (name, entry) in values.entries.sorted(by: { $0.key < $1.key }) where Self.isOwn(name) {
            guard entry.origin == .commandLine else { continue }
            values.problem(name, "is not for a bench, which has \(Self.inPlace(of: name)); leave it out")
        }
        hasBrokers = !(values.entries[ConfigurationKeys.bootstrapServers.name]?.text.trimmed.isEmpty ?? true)
        var own = Self.account
        own[ConfigurationKeys.apiBaseURL.name] = "http://127.0.0.1:1"
        if !hasBrokers { own[ConfigurationKeys.bootstrapServers.name] = "127.0.0.1:1" }
        values.replace(where: { own[$0] != nil || Self.isOwn($0) }, by: own)
        for (name, entry) in values.entries where entry.text.contains(where: \.isNewline) {
            values.problem(name, "has several lines, which a bench cannot hand on; put it into a file")
        }
        settings = values.entries.mapValues(\.text)
        worker = WorkerConfiguration(from: &values)
    }

    /// A configuration file for one worker.
    /// - Parameter own: what the bench says itself, by key.
    package func file(_ own: [String: String]) -> String {
        let all = settings.merging(own) { _, own in own }
        return all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
    }

    package func sets(_ name: String) -> Bool { settings[name] != nil }

    private static func isOwn(_ name: String) -> Bool {
        let prefixes = ["account.", "component.", "credentials."]
        let names = [
            ConfigurationKeys.jobsTopic.name, ConfigurationKeys.repliesTopic.name,
            ConfigurationKeys.allowedReplyTopics.name, ConfigurationKeys.deadLetterTopic.name,
            ConfigurationKeys.groupID.name, ConfigurationKeys.instanceID.name, ConfigurationKeys.adminListen.name,
            ConfigurationKeys.apiBaseURL.name, ConfigurationKeys.apiProxy.name,
        ]
        return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
    }

    private static func inPlace(of name: String) -> String {
        name.hasPrefix("api.") ? "a simulated API, or that of --api URL" : "topics, a group and an account of its own"
    }
}
