import QueryWorker
import Testing
import WeChat

@Suite struct CredentialTopicKeyTests {
    @Test(arguments: [
        ("ticket/component-wx1", CredentialTopicKey(.ticket, of: .component("wx1"))),
        ("authorization/account-wx2", CredentialTopicKey(.authorization, of: .account("wx2"))),
        ("token/account-wx2", CredentialTopicKey(.token, of: .account("wx2"))),
        ("token/component-wx1", CredentialTopicKey(.token, of: .component("wx1"))),
        ("intent/account-wx2", CredentialTopicKey(.intent, of: .account("wx2"))),
        ("intent/component-wx1", CredentialTopicKey(.intent, of: .component("wx1"))),
        ("rejected/account-wx2", CredentialTopicKey(.rejected, of: .account("wx2"))),
    ])
    func isReadAsItIsWritten(text: String, key: CredentialTopicKey) throws {
        #expect(key.text == text)
        #expect(try CredentialTopicKey(recordKey: Array(text.utf8)) == key)
    }

    /// Compaction tells keys apart by their bytes, and appids match whatever their case.
    @Test func isTheSameForEverySpelling() {
        #expect(CredentialTopicKey(.token, of: .account("WxAb")).text == "token/account-wxab")
    }

    @Test(arguments: [
        "", "wx1", "ticket", "ticket/", "ticket/wx1", "ticket/account-wx1", "authorization/component-wx1",
        "authorized/account-wx2", "token/account-", "token/account-wx 1", "token/account-../x", "token/account-wx1/",
        "Token/account-wx1", "token/account-wX1", "token/Account-wx1", " token/account-wx1", "token/account-wx1\n",
    ])
    func refusesWhatIsNone(text: String) throws {
        let error = try #require(throws: UnreadableCredentials.self) {
            try CredentialTopicKey(recordKey: Array(text.utf8))
        }
        #expect(error.description.hasPrefix("record key: "), "\(error)")
    }

    @Test func refusesWhatIsNoTextAndWhatIsMissing() {
        for bytes in [nil, [0xff, 0xfe], Array(repeating: 0x61, count: 100_000)] as [[UInt8]?] {
            #expect(throws: UnreadableCredentials.self) { try CredentialTopicKey(recordKey: bytes) }
        }
    }
}
