import Foundation
import Testing
import WeChat

@testable import QueryWorker

@Suite struct CredentialKeysTests {
    /// Base64 of 32 bytes.
    private static let key = String(repeating: "h", count: 43) + "="

    @Test func theFirstKeySealsAndAllOpen() throws {
        let keys = try CredentialKeys(
            text: """
                # in use since November

                new:\(CredentialFixture.base64(of: 2))
                  old:\(CredentialFixture.base64(of: 1))\r
                """)
        #expect(keys.all.map(\.id) == ["new", "old"])
        #expect(keys.sealing.id == "new")
        #expect(keys[id: "old"]?.withBytes { Array($0) } == Array(repeating: 1, count: 32))
        #expect(keys[id: "other"] == nil)
    }

    @Test(arguments: [
        ("", "holds no key; query-worker credentials key prints a line for it"),
        ("# a:\(key)\n\n", "holds no key"),
        (key, "line 1: has no colon; a line is ID:KEY"),
        ("#\n\na b:\(key)", "line 3: the key id before the colon should be 1 to 64 letters"),
        (":\(key)", "line 1: the key id before the colon should be 1 to 64 letters"),
        (String(repeating: "i", count: 65) + ":\(key)", "line 1: the key id before the colon"),
        ("a:", "line 1: the key has 0 bytes, where AES-256 wants 32"),
        ("a:hhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhhh", "line 1: the key has 30 bytes, where AES-256 wants 32"),
        ("a:\(key.dropLast())hh", "line 1: what follows the colon is not base64"),
        ("a:\(key)hhhh", "line 1: what follows the colon is not base64"),
        ("a:\(key) # mine", "line 1: what follows the colon is not base64"),
        ("a:\(key)\na:\(key)", "line 2: the key id is that of an earlier line"),
    ])
    func saysWhatIsWrongWithoutWhatStandsThere(text: String, problem: String) throws {
        let error = try #require(throws: UnreadableCredentials.self) { try CredentialKeys(text: text) }
        #expect(error.description.hasPrefix(problem), "\(error)")
        #expect(!error.description.contains("hhhh"), "\(error)")
    }

    @Test func aFileThatIsNoTextOrTooLongIsRefused() throws {
        let noText = try #require(throws: UnreadableCredentials.self) { try CredentialKeys(file: [0x61, 0xff]) }
        #expect(noText.description.hasPrefix("line 1: is not UTF-8 text"))
        let many = (1...101).map { "k\($0):\(Self.key)\n" }.joined()
        let tooMany = try #require(throws: UnreadableCredentials.self) { try CredentialKeys(text: many) }
        #expect(tooMany.description.hasPrefix("line 101: more than 100 keys"))
    }

    @Test func aNewLineIsAKeyOfItsOwn() throws {
        let lines = try (0..<3).map { _ in try #require(CredentialKeys.newLine(id: "2026-11")) }
        #expect(Set(lines).count == 3)
        for line in lines { #expect(try CredentialKeys(text: line).sealing.id == "2026-11") }
    }

    @Test func aKeyIsTheSameByItsBytesToo() throws {
        let keys = try CredentialKeys(text: CredentialFixture.keyLine("a", of: 1))
        #expect(try keys == CredentialKeys(text: CredentialFixture.keyLine("a", of: 1) + "\n# the same"))
        #expect(try keys != CredentialKeys(text: CredentialFixture.keyLine("a", of: 2)))
        #expect(try keys != CredentialKeys(text: CredentialFixture.keyLine("b", of: 1)))
    }

    @Test func printsItsIdsOnly() throws {
        let keys = try CredentialKeys(text: "a:\(Self.key)\nb:\(Self.key)")
        var text = "\(keys) \(String(reflecting: keys)) \(keys.sealing) \(String(reflecting: keys.sealing))"
        #expect(text == "keys a, b keys a, b key a key a")
        dump(keys, to: &text)
        dump(keys.sealing, to: &text)
        #expect(!text.contains("hhh") && !text.contains("134") && !text.contains("86, "), "\(text)")
    }
}
