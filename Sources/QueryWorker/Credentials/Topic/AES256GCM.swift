internal import COpenSSL

/// AES-256-GCM of NIST SP 800-38D, by libcrypto: 12 bytes of nonce, and a tag of 16 bytes at the end of the ciphertext.
enum AES256GCM {
    static let keyLength = 32
    static let nonceLength = 12
    static let tagLength = 16

    /// - Parameter nonce: must never have been used with this key for another plaintext.
    /// - Returns: ciphertext and tag; nil if libcrypto refuses, which it has no reason to but a lack of memory.
    static func seal(
        _ plaintext: [UInt8], nonce: [UInt8], additionalData: [UInt8], key: UnsafeRawBufferPointer
    ) -> [UInt8]? {
        guard let context = Context(key: key, nonce: nonce, isSealing: true) else { return nil }
        guard context.authenticate(additionalData), var sealed = context.update(plaintext), context.finish(),
            let tag = context.tag
        else { return nil }
        sealed += tag
        return sealed
    }

    /// - Returns: nil if key, nonce, additional data or any bit of the ciphertext is another than when it was sealed.
    static func open(
        _ sealed: [UInt8], nonce: [UInt8], additionalData: [UInt8], key: UnsafeRawBufferPointer
    ) -> [UInt8]? {
        guard sealed.count >= tagLength, let context = Context(key: key, nonce: nonce, isSealing: false) else {
            return nil
        }
        guard context.authenticate(additionalData), let plaintext = context.update(sealed.dropLast(tagLength)) else {
            return nil
        }
        // What was decrypted is nobody's business before its tag is checked, which EVP_DecryptFinal does.
        return context.expect(tag: sealed.suffix(tagLength)) && context.finish() ? plaintext : nil
    }

    /// One use of one key.
    private struct Context: ~Copyable {
        private let context: OpaquePointer

        init?(key: UnsafeRawBufferPointer, nonce: [UInt8], isSealing: Bool) {
            guard key.count == keyLength, nonce.count == nonceLength, let context = EVP_CIPHER_CTX_new() else {
                return nil
            }
            // A nonce of 12 bytes is the default of EVP_aes_256_gcm.
            let bytes = key.bindMemory(to: UInt8.self).baseAddress
            guard EVP_CipherInit_ex(context, EVP_aes_256_gcm(), nil, bytes, nonce, isSealing ? 1 : 0) == 1 else {
                EVP_CIPHER_CTX_free(context)
                return nil
            }
            self.context = context
        }

        /// Clears the key schedule too.
        deinit { EVP_CIPHER_CTX_free(context) }

        func authenticate(_ additionalData: [UInt8]) -> Bool {
            var count: Int32 = 0
            guard let length = Int32(exactly: additionalData.count) else { return false }
            return EVP_CipherUpdate(context, nil, &count, additionalData, length) == 1
        }

        func update(_ input: some Collection<UInt8>) -> [UInt8]? {
            var count: Int32 = 0
            let input = Array(input)
            guard let length = Int32(exactly: input.count) else { return nil }
            var output = [UInt8](repeating: 0, count: input.count)
            guard EVP_CipherUpdate(context, &output, &count, input, length) == 1, count == length else { return nil }
            return output
        }

        /// GCM is a stream cipher: nothing is left to be written.
        func finish() -> Bool {
            var count: Int32 = 0
            var rest = [UInt8](repeating: 0, count: Int(EVP_MAX_BLOCK_LENGTH))
            return EVP_CipherFinal_ex(context, &rest, &count) == 1 && count == 0
        }

        var tag: [UInt8]? {
            var tag = [UInt8](repeating: 0, count: tagLength)
            return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagLength), &tag) == 1 ? tag : nil
        }

        func expect(tag: some Collection<UInt8>) -> Bool {
            var tag = Array(tag)
            return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tagLength), &tag) == 1
        }
    }
}

extension [UInt8] {
    /// Overwrites a key that is no longer needed, by a call that no compiler leaves out. Copies that others hold keep theirs.
    mutating func clear() {
        withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
    }
}
