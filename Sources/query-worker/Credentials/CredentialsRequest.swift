internal import QueryWorker
internal import WeChat

/// What `query-worker credentials` is asked to do.
enum CredentialsRequest: Sendable, Equatable {
    case put(CredentialsPut)
    case list(isJSON: Bool)
    case remove(CredentialName)
    /// nil: events as JSON, one a line, from standard input.
    case seal(CredentialsPut?)
    /// nil: an id of today's date.
    case key(id: String?)

    /// - Parameter arguments: without those of the configuration.
    init(arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        switch rest.popFirst() {
        case "put":
            self = .put(try CredentialsPut(arguments: rest, of: "put"))
        case "seal":
            self = .seal(rest.isEmpty ? nil : try CredentialsPut(arguments: rest, of: "seal"))
        case "key":
            let id = rest.popFirst()
            guard rest.isEmpty, id.map(CredentialKey.isID) ?? true else {
                throw UsageError("key wants one id at most, of 1 to 64 letters, digits, dots, hyphens and underscores")
            }
            self = .key(id: id)
        case "list":
            if let unknown = rest.first(where: { $0 != "--json" }) { throw .unknown(unknown) }
            self = .list(isJSON: !rest.isEmpty)
        case "remove":
            let (kind, appID) = (rest.popFirst() ?? "", rest.popFirst() ?? "")
            guard rest.isEmpty, let name = CredentialName(kind: kind, appID: appID), CredentialName.isAppID(appID)
            else {
                throw UsageError("remove wants account or component, and an appid of 1 to 64 letters and digits")
            }
            self = .remove(name)
        case nil:
            throw UsageError("say what to do: put, list, remove, seal or key; --help tells how")
        case let unknown?:
            throw .unknown(unknown)
        }
    }
}

/// `put` or `seal`, and what follows it.
struct CredentialsPut: Sendable, Equatable {
    enum Kind: String, CaseIterable, Sendable {
        case ticket
        case authorized
        case unauthorized
    }

    let kind: Kind
    let component: String
    /// Empty for a ticket.
    let account: String
    /// By option, what the secret is read from.
    private let paths: [String: String]

    init(arguments: ArraySlice<String>, of command: String) throws(UsageError) {
        var rest = arguments
        guard let word = rest.popFirst(), let kind = Kind(rawValue: word) else {
            throw UsageError("\(command) wants ticket, authorized or unauthorized; --help tells how")
        }
        var options = try Self.options(in: rest, allowed: Self.options(of: kind))
        self.kind = kind
        component = try Self.appID("--component", from: &options)
        account = kind == .ticket ? "" : try Self.appID("--account", from: &options)
        if kind == .authorized, options.count != 1 {
            throw UsageError(
                "\(command) authorized wants one of --refresh-token-file and --authorization-code-file; - as PATH "
                    + "is standard input")
        }
        paths = options
    }

    private static func options(of kind: Kind) -> Set<String> {
        switch kind {
        case .ticket: ["--component", "--file"]
        case .authorized: ["--component", "--account", "--refresh-token-file", "--authorization-code-file"]
        case .unauthorized: ["--component", "--account"]
        }
    }

    private static func options(
        in arguments: ArraySlice<String>, allowed: Set<String>
    ) throws(UsageError) -> [String: String] {
        var options: [String: String] = [:]
        var rest = arguments
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = String(parts.first ?? "")
            guard allowed.contains(option) else { throw .unknown(option) }
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst(), !value.isEmpty else {
                throw UsageError("\(option) needs a value; --help tells which")
            }
            if options.updateValue(value, forKey: option) != nil { throw UsageError("\(option) is given twice") }
        }
        return options
    }

    private static func appID(_ option: String, from options: inout [String: String]) throws(UsageError) -> String {
        guard let appID = options.removeValue(forKey: option), CredentialName.isAppID(appID) else {
            throw UsageError("\(option) is needed, with an appid of 1 to 64 letters and digits")
        }
        return appID
    }

    /// Reads the secret, which can wait for standard input.
    func event() throws -> CredentialEvent {
        let event: CredentialEvent =
            switch kind {
            case .ticket: .ticket(component: component, ticket: try secret(from: paths["--file"] ?? "-"))
            case .unauthorized: .unauthorized(component: component, account: account)
            case .authorized:
                if let path = paths["--refresh-token-file"] {
                    .authorizedByRefreshToken(
                        component: component, account: account, refreshToken: try secret(from: path))
                } else {
                    .authorizedByCode(
                        component: component, account: account,
                        authorizationCode: try secret(from: paths["--authorization-code-file"] ?? "-"))
                }
            }
        try event.check()
        return event
    }

    private func secret(from path: String) throws -> String {
        if path == "-" { return try Secret(file: "standard input", readFile: LocalFile.readStandardInput).read() }
        return try Secret(file: path).read()
    }
}

extension UsageError {
    fileprivate static func unknown(_ argument: String) -> UsageError {
        // What does not look like an option may be a secret in the wrong place.
        let shown =
            argument.hasPrefix("-") || argument.count <= 16 ? argument : "an argument of \(argument.count) characters"
        return UsageError("\(shown) makes no sense there; --help tells what does")
    }
}
