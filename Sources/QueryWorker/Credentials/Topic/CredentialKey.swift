internal import COpenSSL

/// One key that credentials are sealed with. Prints as its id; its bytes are overwritten when nobody uses it any more.
package final class CredentialKey: Sendable {
    package let id: String

    // Written in init only, and freed when nobody has this object any more.
    private nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer

    /// - Parameter bytes: as many as `AES256GCM.keyLength`.
    init(id: String, bytes: some Collection<UInt8>) {
        precondition(bytes.count == AES256GCM.keyLength, "a key of AES-256 has 32 bytes")
        self.id = id
        memory = .allocate(byteCount: bytes.count, alignment: 1)
        memory.copyBytes(from: bytes)
    }

    deinit {
        OPENSSL_cleanse(memory.baseAddress, memory.count)
        memory.deallocate()
    }

    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        body(UnsafeRawBufferPointer(memory))
    }

    /// 1 to 64 letters, digits, dots, hyphens and underscores: it stands in files and in log lines.
    package static func isID(_ text: some StringProtocol) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
    }
}

extension CredentialKey: Equatable {
    package static func == (left: CredentialKey, right: CredentialKey) -> Bool {
        left.id == right.id && CRYPTO_memcmp(left.memory.baseAddress, right.memory.baseAddress, left.memory.count) == 0
    }
}

extension CredentialKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "key \(id)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
