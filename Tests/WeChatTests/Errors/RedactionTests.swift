import Testing

@testable import WeChat

@Suite struct RedactionTests {
    @Test(arguments: [
        ("GET /x?access_token=80_abc-DEF&lang=en", "GET /x?access_token=***&lang=en"),
        ("/x?component_access_token=abc", "/x?component_access_token=***"),
        ("?a=1&secret=abc, and so on", "?a=1&secret=***, and so on"),
        ("access_token%3Dabc rid: 1", "access_token%3D*** rid: 1"),
        ("access_token%3dabc", "access_token%3d***"),
        (#"{"access_token":"abc","expires_in":7200}"#, #"{"access_token":"***","expires_in":7200}"#),
        (#"{"appsecret" : "abc"}"#, #"{"appsecret" : "***"}"#),
        (#"{\"authorizer_refresh_token\":\"abc\"}"#, #"{\"authorizer_refresh_token\":\"***\"}"#),
        ("{'component_verify_ticket': 'ticket@@@abc'}", "{'component_verify_ticket': '***'}"),
        ("secret: abc; secret=def", "secret: ***; secret=***"),
        ("AppSecret=abc ACCESS_TOKEN: def", "AppSecret=*** ACCESS_TOKEN: ***"),
    ])
    func masksTheValuesOfSecretNames(text: String, expected: String) {
        #expect(Redaction.text(text) == expected)
    }

    @Test(arguments: [
        "invalid credential, access_token is invalid or not latest, rid: 6543a2b1-0a1b2c3d-12345678",
        "invalid appsecret", "access_token=", "access_token:  ", "secret", #"{"secret":""}"#, "",
        "application not exist", "申请单不存在",
    ])
    func leavesProseAlone(text: String) {
        #expect(Redaction.text(text) == text)
    }

    @Test(arguments: [
        ("a s3cret/+ b", "a *** b"), ("s3cret/+\u{301}", "***\u{301}"), ("s3cret/+s3cret/+", "******"),
        ("url: x%3As3cret%2F%2B!", "url: x%3A***!"),
        ("url: s3cret%2f%2b", "url: ***"), (#"json: "s3cret\/+""#, #"json: "***""#),
    ])
    func masksWhatTheCallerKnowsToBeSecret(text: String, expected: String) {
        #expect(Redaction.text(text, secrets: ["", "s3cret/+"]) == expected)
    }

    @Test func cutsALongTextAtTheByteLimit() {
        #expect(Redaction.text(String(repeating: "x", count: 512)) == String(repeating: "x", count: 512))
        #expect(Redaction.text(String(repeating: "x", count: 513)) == String(repeating: "x", count: 512))
    }

    @Test(arguments: ["码", "é", "👩‍👩‍👧‍👦", "e\u{301}"])
    func cutsBetweenCharactersOnly(character: String) {
        let cut = Redaction.text("x" + String(repeating: character, count: 512))
        let fitting = (512 - 1) / character.utf8.count
        #expect(cut == "x" + String(repeating: character, count: fitting))
    }

    /// Nothing would be left of it, and a failure without a message is no reply.
    @Test func cutsWithinACharacterThatIsLongerThanTheLimit() {
        let cut = Redaction.text("a" + String(repeating: "\u{301}", count: 300))
        #expect(Array(cut.utf8) == Array(("a" + String(repeating: "\u{301}", count: 255)).utf8))
    }

    /// Cut first, half of a secret would be left that nobody recognises.
    @Test func masksBeforeItCuts() {
        let text = String(repeating: "x", count: 505) + "s3cret-and-more"
        #expect(Redaction.text(text, secrets: ["s3cret-and-more"]) == String(repeating: "x", count: 505) + "***")
    }
}
