import Foundation
import QueryWorker
import Testing
import WeChat

/// What is read and written on the credential topic against `schemas/credential-record.v1.schema.json`, whose examples are
/// sealed by another implementation (Python's cryptography).
@Suite struct CredentialContractTests {
    /// Of the examples.
    private static let keyLine = CredentialFixture.keyLine("example", of: 1)

    @Test func everyExampleIsReadAndNoInvalidOne() throws {
        let valid = try ContractFiles.examples("credential-")
        let invalid = try ContractFiles.examples("invalid-credential-")
        try #require(!valid.isEmpty && !invalid.isEmpty)
        for (name, bytes) in valid {
            #expect(throws: Never.self, "\(name)") { try Self.record(bytes) }
        }
        for (name, bytes) in invalid {
            #expect(throws: UnreadableCredentials.self, "\(name)") { try Self.record(bytes) }
        }
    }

    /// As often as there are kinds: what is written has the members of an example, and is read as the same record.
    @Test func whatIsWrittenHasTheMembersOfTheExamples() throws {
        let keys = try CredentialKeys(text: Self.keyLine)
        for (name, bytes) in try ContractFiles.examples("credential-") {
            let record = try Self.record(bytes)
            let written = try record.encode(sealedWith: keys)
            let members = try (Self.object(bytes), Self.object(written))
            let secrets: Set = ["ticket", "authorization_code", "refresh_token"]
            let wanted = Set(members.0.keys).subtracting(secrets).union(["schema"])
            #expect(Set(members.1.keys).subtracting(["sealed"]) == wanted.subtracting(["sealed"]), "\(name)")
            #expect((members.1["sealed"] != nil) == (record.type != "unauthorized" && !record.isWorkersTalk), "\(name)")
            #expect(try CredentialTopicRecord(key: record.key, value: written, keys: keys) == record, "\(name)")
        }
    }

    /// Under the record key that whoever publishes it would give it.
    private static func record(_ bytes: [UInt8]) throws -> CredentialTopicRecord {
        let object = try object(bytes)
        let type = object["type"] as? String ?? ""
        let appID = { (member: String) in (object[member] as? String ?? "none").lowercased() }
        let whose =
            type != "ticket" && object["account"] != nil
            ? "account-" + appID("account") : "component-" + appID("component")
        let subject = ["authorized": "authorization", "unauthorized": "authorization"][type] ?? type
        let key =
            CredentialTopicKey.Subject(rawValue: subject) == nil
            ? "token/account-wx0123456789abcdef" : "\(subject)/\(whose)"
        return try CredentialTopicRecord(
            key: CredentialTopicKey(recordKey: Array(key.utf8)), value: bytes, keys: CredentialKeys(text: keyLine))
    }

    private static func object(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }
}

extension CredentialTopicRecord {
    fileprivate var isWorkersTalk: Bool {
        switch self {
        case .intent, .rejected: true
        case .event, .token: false
        }
    }
}
