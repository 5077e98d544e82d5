/// Whose credentials: an account's, or a third-party platform's. Appids match whatever their case, as in the
/// configuration, whose sources do not all keep it.
package enum CredentialName: Sendable {
    /// By appid, as spelled in the configuration, or by WeChat.
    case account(String)
    case component(String)

    package var appID: String {
        switch self {
        case .account(let appID), .component(let appID): appID
        }
    }

    package var kind: String {
        switch self {
        case .account: "account"
        case .component: "component"
        }
    }

    package init?(kind: some StringProtocol, appID: some StringProtocol) {
        switch kind {
        case "account": self = .account(String(appID))
        case "component": self = .component(String(appID))
        default: return nil
        }
    }
}

extension CredentialName: Hashable, CustomStringConvertible {
    package static func == (left: Self, right: Self) -> Bool { left.key == right.key }

    package func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// The same for every spelling: `account-wx1234567890abcdef`. Legal as a file's name if the appid is one.
    package var key: String { "\(kind)-\(appID.lowercased())" }

    /// Reads a `key`. Nil for anything else.
    package init?(key: some StringProtocol) {
        let parts = key.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isAppID(parts[1]), let name = Self(kind: parts[0], appID: parts[1]) else {
            return nil
        }
        self = name
    }

    package var description: String { "\(kind) \(appID)" }

    /// 1 to 64 letters and digits. What is none may come from outside, and must not become part of a path.
    package static func isAppID(_ text: some StringProtocol) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
            }
    }
}
