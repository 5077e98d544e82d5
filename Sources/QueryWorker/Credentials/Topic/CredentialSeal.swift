internal import Foundation
internal import JSON
internal import WeChat

/// The secret part of a record, sealed: the member `sealed`.
///
///     {"key_id":"2026-11","nonce":"base64 of 12 bytes","ciphertext":"base64; the last 16 bytes are the tag"}
///
/// The record's key is authenticated with it, so that it opens under no other.
///
/// Nonces are random. NIST allows a key 2^32 of them, up to which two are alike with a probability below 2^-32; a platform
/// of 10,000 merchants refreshes 144,000 tokens a day, and gets there in 81 years.
struct CredentialSeal: Sendable, Equatable {
    let keyID: String
    let nonce: [UInt8]
    let ciphertext: [UInt8]

    /// - Throws: if libcrypto fails.
    init(
        sealing plaintext: [UInt8], under recordKey: CredentialTopicKey, with key: CredentialKey
    ) throws(CredentialStoreError) {
        guard let nonce = CredentialKeys.randomBytes(AES256GCM.nonceLength) else {
            throw .failed("\(recordKey) cannot be sealed: libcrypto has no random bytes")
        }
        let sealed = key.withBytes {
            AES256GCM.seal(plaintext, nonce: nonce, additionalData: recordKey.bytes, key: $0)
        }
        guard let sealed else { throw .failed("\(recordKey) cannot be sealed: libcrypto refuses") }
        keyID = key.id
        self.nonce = nonce
        ciphertext = sealed
    }

    func open(under recordKey: CredentialTopicKey, with keys: CredentialKeys) throws(UnreadableCredentials) -> [UInt8] {
        guard let key = keys[id: keyID] else {
            throw UnreadableCredentials(
                "sealed: with key \(keyID), which credentials.key.file does not have (it has \(keys)); add the line of that "
                    + "key, or publish the record anew", missingKey: keyID)
        }
        let plaintext = key.withBytes {
            AES256GCM.open(ciphertext, nonce: nonce, additionalData: recordKey.bytes, key: $0)
        }
        guard let plaintext else {
            throw UnreadableCredentials(
                "sealed: does not open: the \(key) of credentials.key.file is another than it was sealed with, or the record "
                    + "was changed or moved here from another record key; correct the key, or publish the record anew")
        }
        return plaintext
    }
}

extension CredentialSeal {
    init(json: JSONValue) throws(UnreadableCredentials) {
        guard json.kind == .object else { throw .wrongType("sealed", wanted: "an object", json) }
        guard let keyID = try json.credentialText("key_id") else { throw UnreadableCredentials("key_id: is missing") }
        // It is shown in error texts, and comes from outside.
        guard CredentialKey.isID(keyID) else {
            throw UnreadableCredentials(
                "key_id: should be 1 to 64 letters, digits, dots, hyphens and underscores, but is a text of "
                    + "\(keyID.utf8.count) bytes")
        }
        self.keyID = keyID
        nonce = try json.bytes("nonce")
        guard nonce.count == AES256GCM.nonceLength else {
            throw UnreadableCredentials("nonce: should be 12 bytes, but is \(nonce.count)")
        }
        ciphertext = try json.bytes("ciphertext")
        guard ciphertext.count > AES256GCM.tagLength else {
            throw UnreadableCredentials(
                "ciphertext: is cut off: \(ciphertext.count) bytes, of which the tag alone takes \(AES256GCM.tagLength)"
            )
        }
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key_id", keyID)
        writer.member("nonce", Data(nonce).base64EncodedString())
        writer.member("ciphertext", Data(ciphertext).base64EncodedString())
        writer.endObject()
    }
}

extension JSONValue {
    fileprivate func bytes(_ name: StaticString) throws(UnreadableCredentials) -> [UInt8] {
        guard let text = try credentialText(name) else { throw UnreadableCredentials("\(name): is missing") }
        guard let data = Data(base64Encoded: text) else { throw UnreadableCredentials("\(name): is not base64") }
        return Array(data)
    }
}
