package import WeChat

/// The key of a record on the credential topic: `token/account-wx1234567890abcdef`. Of records with the same key
/// compaction keeps the last.
package struct CredentialTopicKey: Sendable, Hashable {
    package enum Subject: String, Sendable, CaseIterable {
        case ticket
        /// Both `authorized` and `unauthorized`: the later one counts.
        case authorization
        case token
        case intent
        case rejected
    }

    package let subject: Subject
    package let name: CredentialName

    package init(_ subject: Subject, of name: CredentialName) {
        self.subject = subject
        self.name = name
    }

    /// - Parameter recordKey: nil where the record has none.
    package init(recordKey bytes: [UInt8]?) throws(UnreadableCredentials) {
        guard let bytes, !bytes.isEmpty else {
            throw UnreadableCredentials("record key: is missing; \(Self.wanted)")
        }
        let text = String(validating: bytes, as: UTF8.self) ?? ""
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let subject = Subject(rawValue: String(parts[0])),
            let name = CredentialName(key: parts[1]),
            subject != .ticket || name.kind == "component", subject != .authorization || name.kind == "account"
        else {
            throw UnreadableCredentials(
                "record key: is a text of \(bytes.count) bytes that is none of ours; \(Self.wanted)")
        }
        self.init(subject, of: name)
        // Two spellings would be two records to compaction.
        guard self.bytes == bytes else {
            throw UnreadableCredentials("record key: the appid should be in lower case: \(self.text)")
        }
    }

    package var text: String { "\(subject.rawValue)/\(name.key)" }

    package var bytes: [UInt8] { Array(text.utf8) }

    private static let wanted =
        "publish a ticket under ticket/component-APPID, and authorized or unauthorized under authorization/account-APPID, "
        + "with the appid in lower case"
}

extension CredentialTopicKey: CustomStringConvertible {
    package var description: String { text }
}
