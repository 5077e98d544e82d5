extension AccountConfiguration {
    /// Reads an account's keys as its mode wants them.
    ///
    /// - Returns: nil if one is missing or contradicts the mode, which is then a problem of `values`.
    init?(_ appID: String, spelled: String, from values: inout ConfigurationValues) {
        typealias Keys = ConfigurationKeys
        let mode = values.value(of: Keys.accountMode.forAccount(appID))
        let hasContradiction = Self.refuseKeys(not: mode, appID, spelled, &values)
        let rate = values.value(of: Keys.accountRate.forAccount(appID))
        let access: Access?
        switch mode {
        case .stableToken:
            access = Self.secret(appID, spelled, !hasContradiction, &values).map(Access.stableToken)
        case .token:
            access = Self.secret(appID, spelled, !hasContradiction, &values).map(Access.token)
        case .external: access = Self.external(appID, spelled, !hasContradiction, &values)
        case .authorizer: access = Self.authorizer(appID, spelled, !hasContradiction, &values)
        }
        guard let access else { return nil }
        self.appID = spelled
        self.access = access
        self.rate = rate
    }

    /// The keys that a mode uses, and the mode that a key speaks for.
    private static func modes(of field: String) -> [Mode] {
        switch field {
        case "secret", "secret.file": [.stableToken, .token]
        case "component": [.authorizer]
        case "token", "token.file", "token.url": [.external]
        default: Mode.allCases
        }
    }

    /// - Returns: whether there is such a key.
    private static func refuseKeys(
        not mode: Mode, _ appID: String, _ spelled: String, _ values: inout ConfigurationValues
    ) -> Bool {
        let fields = ["secret", "secret.file", "component", "token", "token.file", "token.url"]
        let wrong = fields.filter { field in
            values.entries[ConfigurationNames.accountKey(appID, field: field)] != nil
                && !modes(of: field).contains(mode)
        }
        for field in wrong {
            let other = modes(of: field).map(\.rawValue).joined(separator: " or ")
            values.problem(
                ConfigurationNames.accountKey(appID, field: field),
                "is not used with account.\(spelled).mode=\(mode.rawValue); take it away, or set the mode to \(other)")
        }
        return !wrong.isEmpty
    }

    private static func secret(
        _ appID: String, _ spelled: String, _ tells: Bool, _ values: inout ConfigurationValues
    ) -> Secret? {
        let field = ConfigurationNames.field(ofPattern: ConfigurationKeys.accountSecret.name)
        if let secret = values.secret(ConfigurationNames.accountKey(appID, field: field)) { return secret }
        let key = ConfigurationNames.accountKey(spelled, field: field)
        if tells {
            values.problem(key, "is not set; give the AppSecret here, or the path of a file with it as \(key).file")
        }
        return nil
    }

    private static func external(
        _ appID: String, _ spelled: String, _ tells: Bool, _ values: inout ConfigurationValues
    ) -> Access? {
        let field = ConfigurationNames.field(ofPattern: ConfigurationKeys.accountToken.name)
        let token = values.secret(ConfigurationNames.accountKey(appID, field: field))
        let urlKey = ConfigurationKeys.accountTokenURL.forAccount(appID)
        let url = values.value(of: urlKey)
        switch (token, url) {
        case (let token?, nil): return .external(token: token)
        case (nil, let url?):
            if let authority = url.range(ofSeparator: "http://").map({ url[$0.upperBound...] }), url.hasPrefix("http:"),
                let server = AuthorityParts(
                    authority.prefix { $0 != "/" && $0 != "?" }.split(separator: "@").last ?? ""),
                !server.isLoopback
            {
                values.warn("\(urlKey.name) is not https: tokens cross the network unencrypted")
            }
            return .externalURL(url)
        case (nil, nil):
            let key = ConfigurationNames.accountKey(spelled, field: field)
            if tells, values.entries[urlKey.name] == nil {
                values.problem(
                    key,
                    "is not set; give the path of a file with the access token as \(key).file, or a URL as \(key).url")
            }
            return nil
        case (_?, _?):
            values.problem(urlKey.name, "is set beside account.\(spelled).token; keep one of the two")
            return nil
        }
    }

    private static func authorizer(
        _ appID: String, _ spelled: String, _ tells: Bool, _ values: inout ConfigurationValues
    ) -> Access? {
        let key = ConfigurationKeys.accountComponent.forAccount(appID)
        guard let component = values.value(of: key) else {
            if tells, values.entries[key.name]?.text.trimmed.isEmpty ?? true {
                values.problem(
                    ConfigurationNames.accountKey(spelled, field: "component"),
                    "is not set; give the appid of the third-party platform that the account has authorised")
            }
            return nil
        }
        guard let known = values.configuredComponents.first(where: { $0.canonical == component.lowercased() }) else {
            values.problem(
                key.name,
                "names a component without a secret; set component.\(component).secret.file to the path of a file with "
                    + "its AppSecret")
            return nil
        }
        return .authorizer(component: known.spelled)
    }
}
