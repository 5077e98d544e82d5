/// What all sources say together: one text per key, read once as the key's type, with every problem on the way.
struct ConfigurationValues: Sendable {
    private(set) var problems: [ConfigurationProblem]
    private(set) var warnings: [String]
    /// By canonical name.
    private(set) var entries: [String: ConfigurationEntry] = [:]
    /// As spelled by the operator, by their lower case.
    private var appIDs: [String: String] = [:]
    private let readSecret: FileReader

    /// - Parameter sources: a later one wins.
    init(sources: [ConfigurationSource], readSecret: @escaping FileReader) {
        self.readSecret = readSecret
        problems = sources.flatMap(\.problems)
        warnings = sources.flatMap(\.warnings)
        for source in sources { merge(source) }
        if let text = entries[ConfigurationKeys.defaultAccount.name]?.text, appIDs[text.lowercased()] == nil {
            appIDs[text.lowercased()] = text
        }
    }

    private mutating func merge(_ source: ConfigurationSource) {
        var own: [String: ConfigurationEntry] = [:]
        for var entry in source.entries {
            guard let name = ConfigurationNames.canonical(entry.name) else {
                problems.append(Self.unknownKey(entry))
                continue
            }
            if let (_, appID, _) = ConfigurationNames.appIDParts(entry.name), !entry.isFromEnvironment {
                appIDs[appID.lowercased()] = String(appID)
            }
            entry.name = name
            own[name] = entry
        }
        for (name, entry) in own.sorted(by: { $0.key < $1.key }) {
            if let secret = ConfigurationNames.secretKey(ofFileKey: name) {
                entries[secret] = nil
                if own[secret] != nil {
                    let explanation = "\(secret) is set beside it; keep one of the two"
                    problems.append(ConfigurationProblem(name, explanation, origin: entry.origin))
                }
            } else if ConfigurationNames.isSecret(name) {
                entries[name + ".file"] = nil
            }
        }
        entries.merge(own) { _, new in new }
    }

    private static func unknownKey(_ entry: ConfigurationEntry) -> ConfigurationProblem {
        if let (_, appID, _) = ConfigurationNames.appIDParts(entry.name), !isAppID(appID) {
            let explanation = "\"\(appID)\" should be \(ValueSyntax<String>.appID.wanted)"
            return ConfigurationProblem(entry.name, explanation, origin: entry.origin)
        }
        let remedy =
            ConfigurationNames.nearest(to: entry.name).map { "did you mean \($0)?" }
            ?? "`query-worker config` lists all keys"
        return ConfigurationProblem(entry.name, "is no key; \(remedy)", origin: entry.origin)
    }

    /// Has these settings in place of all that `isReplaced`: for whoever runs a worker for a purpose of its own.
    mutating func replace(where isReplaced: (String) -> Bool, by settings: [String: String]) {
        entries = entries.filter { !isReplaced($0.key) }
        for (name, text) in settings {
            entries[name] = ConfigurationEntry(name: name, text: text, origin: .defaultValue)
        }
    }

    // MARK: Reading

    /// The key's value; its default where no source sets it, or where the text is wrong, which is then a problem.
    mutating func value<Value>(of key: ConfigurationKey<Value>) -> Value {
        guard let entry = entries[key.name] else { return key.defaultValue }
        guard let value = key.syntax.parse(String(entry.text.trimmed)) else {
            problem(key.name, "should be \(key.syntax.wanted), but is \(Self.shape(of: entry))")
            return key.defaultValue
        }
        return value
    }

    /// The secret of that name, given itself or by its file, which must be readable now and is read again later.
    mutating func secret(_ name: String) -> Secret? {
        let (value, origin): (Secret, ConfigurationEntry)
        if let entry = entries[name] {
            (value, origin) = (Secret(entry.text), entry)
        } else if let entry = entries[name + ".file"] {
            (value, origin) = (Secret(file: String(entry.text.trimmed), readFile: readSecret), entry)
        } else {
            return nil
        }
        do throws(FileError) {
            if try value.read().isEmpty { problem(name, "is empty; give the secret, or take the key away") }
        } catch {
            problem(origin.name, "\(error); the worker's user must be able to read the secret there")
        }
        return value
    }

    /// A file that is read again later, and must be readable now.
    func read(_ path: String) throws(FileError) -> [UInt8] { try readSecret(path) }

    /// Appids of accounts that have a key of their own, in order.
    var configuredAppIDs: [(canonical: String, spelled: String)] { appIDs(ofFamily: "account") }

    /// The same of components.
    var configuredComponents: [(canonical: String, spelled: String)] { appIDs(ofFamily: "component") }

    /// Appids that have a key of that family, in order.
    func appIDs(ofFamily family: some StringProtocol) -> [(canonical: String, spelled: String)] {
        let parts = entries.keys.compactMap(ConfigurationNames.appIDParts).filter { $0.family == family }
        return Set(parts.map { String($0.appID) }).sorted().map { ($0, appIDs[$0] ?? $0) }
    }

    func origin(of name: String) -> ConfigurationOrigin { entries[name]?.origin ?? .defaultValue }

    mutating func problem(_ name: String, _ explanation: String) {
        problems.append(ConfigurationProblem(name, explanation, origin: entries[name]?.origin))
    }

    mutating func warn(_ warning: String) { warnings.append(warning) }

    /// What an error may tell of a value: itself if it is short and no secret.
    private static func shape(of entry: ConfigurationEntry) -> String {
        if entry.text.trimmed.isEmpty { return "empty" }
        if ConfigurationNames.isSecret(entry.name) { return "\(entry.text.count) characters of something else" }
        let shown = SettingText.shown(entry.text, of: entry.name).debugDescription
        return shown.count <= 80 ? shown : "\(shown.prefix(60))… (\(entry.text.count) characters)"
    }
}

extension ConfigurationEntry {
    /// The environment's names are capitals, so they tell nothing of an appid's spelling.
    fileprivate var isFromEnvironment: Bool {
        if case .environment = origin { true } else { false }
    }
}
