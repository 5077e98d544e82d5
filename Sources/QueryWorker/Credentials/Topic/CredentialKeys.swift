internal import COpenSSL
internal import Foundation
package import WeChat

/// The keys of `credentials.key.file`: the first seals, all of them open.
///
/// One key a line, `ID:` and the base64 of 32 bytes. Empty lines do not count, nor lines that begin with `#`. Prints as the
/// ids.
package struct CredentialKeys: Sendable, Equatable {
    /// More than any rotation needs.
    private static let keysMax = 100

    /// Never empty.
    package let all: [CredentialKey]

    /// - Throws: what is wrong in which line, without anything that stands there.
    package init(file bytes: [UInt8]) throws(UnreadableCredentials) {
        var keys: [CredentialKey] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            guard let key = try Self.key(in: line, number: index + 1) else { continue }
            guard !keys.contains(where: { $0.id == key.id }) else {
                throw UnreadableCredentials(
                    "line \(index + 1): the key id is that of an earlier line; give each its own")
            }
            guard keys.count < Self.keysMax else {
                throw UnreadableCredentials(
                    "line \(index + 1): more than \(Self.keysMax) keys; remove what is out of use")
            }
            keys.append(key)
        }
        guard !keys.isEmpty else {
            throw UnreadableCredentials("holds no key; query-worker credentials key prints a line for it")
        }
        all = keys
    }

    /// The one that seals.
    package var sealing: CredentialKey { all[0] }

    package subscript(id id: String) -> CredentialKey? { all.first { $0.id == id } }

    /// A new line for the file, with random bytes.
    ///
    /// - Parameter id: should be of `CredentialKey.isID`.
    /// - Returns: nil if libcrypto has no random bytes.
    package static func newLine(id: String) -> String? {
        guard var bytes = randomBytes(AES256GCM.keyLength) else { return nil }
        defer { bytes.clear() }
        return "\(id):\(Data(bytes).base64EncodedString())"
    }

    static func randomBytes(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return RAND_bytes(&bytes, Int32(count)) == 1 ? bytes : nil
    }

    private static func key(in line: ArraySlice<UInt8>, number: Int) throws(UnreadableCredentials) -> CredentialKey? {
        guard let text = String(validating: line, as: UTF8.self)?.trimmed else {
            throw UnreadableCredentials("line \(number): is not UTF-8 text; \(wanted)")
        }
        if text.isEmpty || text.hasPrefix("#") { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { throw UnreadableCredentials("line \(number): has no colon; \(wanted)") }
        guard CredentialKey.isID(parts[0]) else {
            throw UnreadableCredentials(
                "line \(number): the key id before the colon should be 1 to 64 letters, digits, dots, hyphens and "
                    + "underscores")
        }
        guard var data = Data(base64Encoded: String(parts[1])) else {
            throw UnreadableCredentials("line \(number): what follows the colon is not base64; \(wanted)")
        }
        defer { data.resetBytes(in: data.startIndex..<data.endIndex) }
        guard data.count == AES256GCM.keyLength else {
            throw UnreadableCredentials(
                "line \(number): the key has \(data.count) bytes, where AES-256 wants 32; \(wanted)")
        }
        return CredentialKey(id: String(parts[0]), bytes: data)
    }

    private static let wanted = "a line is ID:KEY, as query-worker credentials key prints it"
}

extension CredentialKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "keys \(all.map(\.id).joined(separator: ", "))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
