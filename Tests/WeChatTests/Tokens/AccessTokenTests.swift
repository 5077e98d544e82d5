import EventLoop
import Testing

@testable import WeChat

@Suite struct AccessTokenTests {
    @Test func neverPrintsItsValue() {
        let token = AccessToken("80_hidden")
        let issued = IssuedToken(
            FetchedToken(token: token, lifetime: .seconds(7200)), requestedAt: .at(0), fraction: 0)
        var state = TokenState()
        state.fetchSucceeded(issued)
        let fetched = FetchedToken(token: token, lifetime: .seconds(1))
        for holder: Any in [
            token, [token], [token: token], issued, state, state.state, fetched, Optional(token) as Any,
        ] {
            var dumped = ""
            dump(holder, to: &dumped)
            for text in ["\(holder)", String(describing: holder), String(reflecting: holder), dumped] {
                #expect(!text.contains("hidden"))
                #expect(text.contains("***"))
            }
        }
    }

    @Test(arguments: [
        ("80_aZ09-._~", "80_aZ09-._~"), ("a+b/c=", "a%2Bb%2Fc%3D"), ("a&x=1#?", "a%26x%3D1%23%3F"),
        ("\n\u{1}", "%0A%01"), ("码", "%E7%A0%81"), ("", ""),
    ])
    func isEscapedInAQuery(value: String, escaped: String) {
        #expect(AccessToken(value).query == "access_token=" + escaped)
    }

    @Test func isEqualToATokenOfTheSameValue() {
        #expect(AccessToken("a") == AccessToken("a"))
        #expect(AccessToken("a") != AccessToken("b"))
    }
}
