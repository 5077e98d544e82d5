import Testing

@testable import WeChat

@Suite struct CredentialEventTests {
    @Test(arguments: [
        CredentialEvent.ticket(component: "wxc", ticket: "ticket@@@1"),
        .authorizedByCode(component: "wxc", account: "wxa", authorizationCode: "queryauthcode@@@1"),
        .authorizedByRefreshToken(component: "wxc", account: "wxa", refreshToken: "refreshtoken@@@1"),
        .unauthorized(component: "wxc", account: "wxa"),
    ])
    func isReadAsItWasWritten(_ event: CredentialEvent) throws {
        #expect(try CredentialEvent(json: event.json) == event)
        #expect(event.name == (event.account == nil ? .component("wxc") : .account("wxa")))
    }

    @Test func ignoresWhatItDoesNotKnow() throws {
        let json = #"{"type":"ticket","CreateTime":1,"component":"wxc","ticket":"t"}"#
        #expect(try CredentialEvent(json: Array(json.utf8)) == .ticket(component: "wxc", ticket: "t"))
    }

    @Test(arguments: [
        ("", "empty"), (#""hush""#, "one JSON object was expected, but found a string"),
        (#"{"component":"wxc"}"#, "type: is missing; set it to ticket, authorized or unauthorized"),
        (
            #"{"type":"hush","component":"wxc"}"#,
            "type: should be ticket, authorized or unauthorized, but is a text of 4"
        ),
        (#"{"type":"ticket","ticket":"hush"}"#, "component: is missing; give the platform's appid"),
        (#"{"type":"ticket","component":"wxc"}"#, "ticket: is missing; give the component_verify_ticket"),
        (#"{"type":"ticket","component":"../hush","ticket":"t"}"#, "component: should be an appid of 1 to 64 letters"),
        (
            #"{"type":"ticket","component":"wxc","ticket":["hush"]}"#,
            "ticket: a string was expected, but found an array"
        ),
        (
            #"{"type":"ticket","component":"wxc","ticket":"hush hush"}"#,
            "ticket: should be 1 to 4096 characters of ASCII"
        ),
        (#"{"type":"ticket","component":"wxc","ticket":""}"#, "ticket: should be 1 to 4096 characters of ASCII"),
        (#"{"type":"unauthorized","component":"wxc"}"#, "account: is missing; give the merchant's appid"),
        (
            #"{"type":"authorized","component":"wxc","account":"wxa","refreshtoken":"hush"}"#,
            "authorization_code, refresh_token: both are missing"
        ),
        (
            #"{"type":"authorized","component":"wxc","account":"wxa","refresh_token":"hush","authorization_code":"hush"}"#,
            "authorization_code, refresh_token: both are there"
        ),
    ])
    func saysWhatIsWrongWithoutTheSecret(json: String, problem: String) throws {
        let error = try #require(throws: UnreadableCredentials.self) { try CredentialEvent(json: Array(json.utf8)) }
        #expect(error.description.hasPrefix(problem), "\(error)")
        #expect(!error.description.contains("hush"))
    }

    @Test func printsNoSecret() {
        let event = CredentialEvent.authorizedByCode(component: "wxc", account: "wxa", authorizationCode: "hush")
        var text = "\(event) \(String(reflecting: event))"
        dump(event, to: &text)
        #expect(!text.contains("hush"), "\(text)")
    }
}
