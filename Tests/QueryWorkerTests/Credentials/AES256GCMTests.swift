import Testing

@testable import QueryWorker

/// The vectors are test cases 13 to 16 of McGrew and Viega, "The Galois/Counter Mode of Operation", submitted to NIST.
@Suite struct AES256GCMTests {
    struct Vector: Sendable {
        let key: String
        let nonce: String
        let plaintext: String
        var additionalData = ""
        let ciphertext: String
        let tag: String
    }

    private static let zeroKey = String(repeating: "00", count: 32)
    private static let zeroNonce = String(repeating: "00", count: 12)
    private static let key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"
    private static let nonce = "cafebabefacedbaddecaf888"
    private static let plaintext =
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657"
        + "ba637b39"
    private static let ciphertext =
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0a"
        + "bcc9f662"

    private static let vectors = [
        Vector(
            key: zeroKey, nonce: zeroNonce, plaintext: "", ciphertext: "", tag: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            key: zeroKey, nonce: zeroNonce, plaintext: String(repeating: "00", count: 16),
            ciphertext: "cea7403d4d606b6e074ec5d3baf39d18", tag: "d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            key: key, nonce: nonce, plaintext: plaintext + "1aafd255", ciphertext: ciphertext + "898015ad",
            tag: "b094dac5d93471bdec1a502270e3cc6c"),
        Vector(
            key: key, nonce: nonce, plaintext: plaintext, additionalData: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            ciphertext: ciphertext, tag: "76fc6ece0f4e1768cddf8853bb2d551b"),
    ]

    @Test(arguments: vectors)
    func knowsTheAnswers(to vector: Vector) {
        let sealed = Self.bytes(vector.ciphertext + vector.tag)
        let (nonce, additionalData) = (Self.bytes(vector.nonce), Self.bytes(vector.additionalData))
        Self.bytes(vector.key).withUnsafeBytes { key in
            #expect(
                AES256GCM.seal(Self.bytes(vector.plaintext), nonce: nonce, additionalData: additionalData, key: key)
                    == sealed)
            #expect(
                AES256GCM.open(sealed, nonce: nonce, additionalData: additionalData, key: key)
                    == Self.bytes(vector.plaintext))
        }
    }

    /// One bit of any byte: of ciphertext, tag, nonce, additional data or key.
    @Test func opensNothingThatWasTouched() {
        let vector = Self.vectors[3]
        let parts = [
            vector.ciphertext + vector.tag, vector.nonce, vector.additionalData, vector.key,
        ].map(Self.bytes)
        for part in parts.indices {
            for index in parts[part].indices {
                var changed = parts
                changed[part][index] ^= 1
                let plaintext = changed[3].withUnsafeBytes { key in
                    AES256GCM.open(changed[0], nonce: changed[1], additionalData: changed[2], key: key)
                }
                #expect(plaintext == nil, "part \(part), byte \(index)")
            }
        }
    }

    @Test func opensNothingThatIsCutOff() {
        let vector = Self.vectors[3]
        let sealed = Self.bytes(vector.ciphertext + vector.tag)
        Self.bytes(vector.key).withUnsafeBytes { key in
            for length in 0..<sealed.count {
                let plaintext = AES256GCM.open(
                    Array(sealed.prefix(length)), nonce: Self.bytes(vector.nonce),
                    additionalData: Self.bytes(vector.additionalData), key: key)
                #expect(plaintext == nil, "\(length) bytes")
            }
        }
    }

    /// libcrypto would read beyond them.
    @Test func refusesKeysAndNoncesOfAnotherLength() {
        let (key, nonce) = ([UInt8](repeating: 1, count: 33), [UInt8](repeating: 2, count: 13))
        for (keyLength, nonceLength) in [(31, 12), (33, 12), (32, 11), (32, 13), (0, 0)] {
            key.prefix(keyLength).withUnsafeBytes { key in
                let nonce = Array(nonce.prefix(nonceLength))
                #expect(AES256GCM.seal([3], nonce: nonce, additionalData: [], key: key) == nil)
                #expect(AES256GCM.open(Array(0..<20), nonce: nonce, additionalData: [], key: key) == nil)
            }
        }
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.compactMap(\.hexDigitValue)
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
