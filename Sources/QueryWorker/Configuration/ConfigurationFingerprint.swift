/// What every key is set to, as hashes: tells which keys another reading of the configuration changes, and keeps no secret.
package struct ConfigurationFingerprint: Sendable {
    /// By canonical name. A key that is not set counts as its default.
    private var hashes: [String: Int] = [:]

    /// Where there is one. Otherwise a key that is set to nothing may mean something else than one that is not set.
    private static let defaults = Dictionary(
        uniqueKeysWithValues: ConfigurationKeys.all.filter { !$0.defaultText.isEmpty }.map { ($0.name, $0.defaultText) }
    )

    init(_ values: ConfigurationValues, _ kafka: KafkaConfiguration) {
        for (name, entry) in values.entries { hashes[name] = String(entry.text.trimmed).hashValue }
        // Files of accounts' secrets are read for every use; these at the start only.
        for (property, content) in kafka.properties where content.value.isFile {
            hashes["kafka.\(property).file", default: 0] ^= (try? content.value.read())?.hashValue ?? 0
        }
    }

    private func hash(of key: String) -> Int? { hashes[key] ?? Self.defaults[key]?.hashValue }

    /// Keys that are set to something else than in `old`, or in one of the two only.
    func changes(since old: Self) -> [String] {
        Set(hashes.keys).union(old.hashes.keys).filter { hash(of: $0) != old.hash(of: $0) }.sorted()
    }

    /// Those keys as in `other`, all others as they are.
    func taking(_ keys: [String], from other: Self) -> Self {
        var result = self
        for key in keys { result.hashes[key] = other.hashes[key] }
        return result
    }
}
