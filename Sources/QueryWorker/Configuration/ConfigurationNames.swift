/// How keys are spelled: in files and on the command line, in the environment, and inside the program.
enum ConfigurationNames {
    static let environmentPrefix = "QUERY_WORKER_"

    private static let plainNames = Set(ConfigurationKeys.all.map(\.name).filter { !isPattern($0) })
    private static let accountPrefix = "account.<appid>."
    private static let accountFields = ConfigurationKeys.all.filter { $0.name.hasPrefix(accountPrefix) }
        .flatMap { key in
            let field = Self.field(ofPattern: key.name)
            return key.isSecret ? [field, field + ".file"] : [field]
        }

    /// The one name of a key inside the program: appids in lower case, for they match whatever their case.
    ///
    /// - Returns: nil if there is no such key.
    static func canonical(_ name: String) -> String? {
        if plainNames.contains(name) { return name }
        if let (appID, field) = accountParts(name), isAppID(appID), accountFields.contains(String(field)) {
            return accountKey(appID.lowercased(), field: String(field))
        }
        let property = name.dropFirst("kafka.".count)
        guard name.hasPrefix("kafka."), !property.isEmpty, property.utf8.allSatisfy(isNameByte) else { return nil }
        return name
    }

    /// Whether the value must not be shown. A path to a secret may be.
    static func isSecret(_ name: String) -> Bool {
        if let (_, part) = accountParts(name) { return part == field(ofPattern: ConfigurationKeys.accountSecret.name) }
        return name.hasPrefix("kafka.") && KafkaProperties.isSecret(String(name.dropFirst("kafka.".count)))
    }

    /// `<key>.file`'s key, if that is a secret's.
    static func secretKey(ofFileKey name: String) -> String? {
        guard name.hasSuffix(".file") else { return nil }
        let key = String(name.dropLast(".file".count))
        return isSecret(key) ? key : nil
    }

    static func accountKey(_ appID: String, field: String) -> String { "account.\(appID).\(field)" }

    /// The last part of a name such as `account.<appid>.mode`.
    static func field(ofPattern name: String) -> String { String(name.dropFirst(accountPrefix.count)) }

    /// nil unless `name` is `account.`, something without a dot, and a field. `account.in.flight.max` is no field of an
    /// account "in".
    static func accountParts(_ name: String) -> (appID: Substring, field: Substring)? {
        if plainNames.contains(name) { return nil }
        let parts = name.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 && parts[0] == "account" ? (parts[1], parts[2]) : nil
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
        for field in accountFields where rest.hasPrefix("ACCOUNT_") {
            let suffix = "_" + field.uppercased().replacing(".", with: "_")
            let appID = rest.dropFirst("ACCOUNT_".count).dropLast(suffix.count)
            if rest.hasSuffix(suffix), isAppID(appID) { keys.insert(accountKey(appID.lowercased(), field: field)) }
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
            candidates += accountFields.map { accountKey(String(parts[1]), field: $0) }
        }
        return NearestName.of(name, among: candidates)
    }

    /// As `nearest(to:)`, in the environment's spelling.
    static func nearest(toVariable variable: String) -> String? {
        let parts = variable.dropFirst(environmentPrefix.count).split(separator: "_")
        var candidates = plainNames.sorted()
        if parts.count > 1, isAppID(parts[1]) {
            candidates += accountFields.map { accountKey(String(parts[1]), field: $0) }
        }
        return NearestName.of(variable, among: candidates.map(environmentName(of:)))
    }

    private static func isPattern(_ name: String) -> Bool { name.contains("<") || name.contains("*") }
}
