/// How keys are spelled: in files and on the command line, in the environment, and inside the program.
enum ConfigurationNames {
    static let environmentPrefix = "QUERY_WORKER_"

    private static let plainNames = Set(ConfigurationKeys.all.map(\.name).filter { !isPattern($0) })
    /// Families of keys in which an appid stands second, such as `account.<appid>.mode`.
    private static let families = ["account", "component"]
    /// What may stand behind the appid, by family.
    private static let fields = Dictionary(
        uniqueKeysWithValues: families.map { family in
            let keys = ConfigurationKeys.all.filter { $0.name.hasPrefix("\(family).<appid>.") }
            let fields = keys.flatMap { key in
                let field = Self.field(ofPattern: key.name)
                return key.isSecret ? [field, field + ".file"] : [field]
            }
            return (family, fields)
        })
    private static let secretPatterns = Set(
        ConfigurationKeys.all.filter { $0.isSecret && isPattern($0.name) }.map(\.name))

    /// The one name of a key inside the program: appids in lower case, for they match whatever their case.
    ///
    /// - Returns: nil if there is no such key.
    static func canonical(_ name: String) -> String? {
        if plainNames.contains(name) { return name }
        if let (family, appID, field) = appIDParts(name), isAppID(appID),
            fields[String(family)]?.contains(String(field)) == true
        {
            return key(family, appID.lowercased(), field: field)
        }
        let property = name.dropFirst("kafka.".count)
        guard name.hasPrefix("kafka."), !property.isEmpty, property.utf8.allSatisfy(isNameByte) else { return nil }
        return name
    }

    /// Whether the value must not be shown. A path to a secret may be.
    static func isSecret(_ name: String) -> Bool {
        if let (family, _, field) = appIDParts(name) { return secretPatterns.contains("\(family).<appid>.\(field)") }
        return name.hasPrefix("kafka.") && KafkaProperties.isSecret(String(name.dropFirst("kafka.".count)))
    }

    /// `<key>.file`'s key, if that is a secret's.
    static func secretKey(ofFileKey name: String) -> String? {
        guard name.hasSuffix(".file") else { return nil }
        let key = String(name.dropLast(".file".count))
        return isSecret(key) ? key : nil
    }

    static func accountKey(_ appID: String, field: String) -> String { key("account", appID, field: field) }

    static func componentKey(_ appID: String, field: String) -> String { key("component", appID, field: field) }

    private static func key(_ family: some StringProtocol, _ appID: String, field: some StringProtocol) -> String {
        "\(family).\(appID).\(field)"
    }

    /// The last part of a name such as `account.<appid>.mode`.
    static func field(ofPattern name: String) -> String {
        name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).last.map(String.init) ?? name
    }

    /// nil unless `name` is a family's name, something without a dot, and a field. `account.in.flight.max` is no field of
    /// an account "in".
    static func appIDParts(_ name: String) -> (family: Substring, appID: Substring, field: Substring)? {
        if plainNames.contains(name) { return nil }
        let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 && families.contains(String(parts[0])) ? (parts[0], parts[1], parts[2]) : nil
    }

    static func environmentName(of name: String) -> String {
        environmentPrefix + name.uppercased().replacing(".", with: "_")
    }

    /// All canonical keys that a variable may mean. More than one: names with underscores and with dots look alike.
    ///
    /// - Parameter known: canonical keys that other sources set.
    static func keys(forVariable variable: String, known: Set<String>) -> Set<String> {
        let underscored = Set(KafkaProperties.namesWithUnderscore.map { "kafka." + $0 })
        var keys = plainNames.union(known).union(underscored).filter { environmentName(of: $0) == variable }
        let rest = variable.dropFirst(environmentPrefix.count)
        if rest.hasPrefix("KAFKA_"), let key = canonical(rest.lowercased().replacing("_", with: ".")) {
            keys.insert(key)
        }
        for family in families where rest.hasPrefix(family.uppercased() + "_") {
            for field in fields[family] ?? [] {
                let suffix = "_" + field.uppercased().replacing(".", with: "_")
                let appID = rest.dropFirst(family.count + 1).dropLast(suffix.count)
                if rest.hasSuffix(suffix), isAppID(appID) { keys.insert(key(family, appID.lowercased(), field: field)) }
            }
        }
        return keys
    }

    /// The key that was probably meant by one that does not exist.
    static func nearest(to name: String) -> String? {
        let longer = plainNames.filter { $0.hasSuffix("." + name) }
        if longer.count == 1 { return longer.first }
        var candidates = plainNames.sorted()
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count > 1, isAppID(parts[1]) {
            candidates += keys(withAppID: String(parts[1]))
        }
        return NearestName.of(name, among: candidates)
    }

    /// As `nearest(to:)`, in the environment's spelling.
    static func nearest(toVariable variable: String) -> String? {
        let parts = variable.dropFirst(environmentPrefix.count).split(separator: "_")
        var candidates = plainNames.sorted()
        if parts.count > 1, isAppID(parts[1]) {
            candidates += keys(withAppID: String(parts[1]))
        }
        return NearestName.of(variable, among: candidates.map(environmentName(of:)))
    }

    private static func keys(withAppID appID: String) -> [String] {
        families.flatMap { family in (fields[family] ?? []).map { key(family, appID, field: $0) } }
    }

    private static func isPattern(_ name: String) -> Bool { name.contains("<") || name.contains("*") }
}
