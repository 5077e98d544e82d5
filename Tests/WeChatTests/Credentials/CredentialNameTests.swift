import Testing

@testable import WeChat

@Suite struct CredentialNameTests {
    @Test func appidsMatchWhateverTheirCase() {
        #expect(CredentialName.account("WX1a") == .account("wx1A"))
        #expect(Set([CredentialName.account("WX1"), .account("wx1"), .component("wx1")]).count == 2)
        #expect(CredentialName.account("WX1").appID == "WX1")
    }

    @Test func isReadFromItsKey() {
        for name in [CredentialName.account("wx1"), .component("wx2")] {
            #expect(CredentialName(key: name.key) == name)
        }
    }

    @Test(arguments: ["", "account", "account-", "user-wx1", "account-wx/1", "account-..", "account-wx1-2", "-wx1"])
    func othersAreNone(_ key: String) { #expect(CredentialName(key: key) == nil) }
}
