import EventLoop
import Testing

@testable import WeChat

@Suite struct CredentialRecordJSONTests {
    static var full: CredentialRecord {
        var record = CredentialRecord()
        record.token = StoredToken(
            value: AccessToken("80_hush\"\\"), expiresAt: WallTime(millisecondsSince1970: 1_800_000_000_123),
            generation: 7)
        record.refreshToken = "refreshtoken@@@hush"
        record.authorizationCode = "queryauthcode@@@hush"
        record.component = "wxc"
        record.isUnauthorized = true
        record.ticket = "ticket@@@hush"
        record.ticketReceivedAt = WallTime(millisecondsSince1970: 1_700_000_000_001)
        return record
    }

    @Test(arguments: [CredentialRecord(), full])
    func isReadAsItWasWritten(_ record: CredentialRecord) throws {
        #expect(try CredentialRecord(json: record.json) == record)
    }

    @Test func ignoresWhatItDoesNotKnow() throws {
        let json = #"{"format":1,"refresh_token":"r","colour":{"a":[1]},"ticket":null}"#
        var expected = CredentialRecord()
        expected.refreshToken = "r"
        #expect(try CredentialRecord(json: Array(json.utf8)) == expected)
    }

    @Test(arguments: [
        ("", "empty, where a JSON text is wanted"),
        (#"{"format":1,"ticket":"hu"#, "not valid JSON"),
        ("[1]", "one JSON object was expected, but found an array"),
        ("{}", "format: is missing"),
        (#"{"format":2,"ticket":"hush"}"#, "format: is 2, where this version of query-worker reads up to 1"),
        (#"{"format":"hush"}"#, "format: an integer was expected, but found a string"),
        (#"{"format":1,"refresh_token":["hush"]}"#, "refresh_token: a string was expected, but found an array"),
        (#"{"format":1,"unauthorized":"hush"}"#, "unauthorized: true or false was expected, but found a string"),
        (#"{"format":1,"ticket_received_at":"hush"}"#, "ticket_received_at: a time as RFC 3339 was expected"),
        (#"{"format":1,"token":"hush"}"#, "token: an object was expected, but found a string"),
        (#"{"format":1,"token":{"value":"hush"}}"#, "token: one of value, expires_at and generation is missing"),
    ])
    func saysWhatIsWrongWithoutTheSecret(json: String, problem: String) throws {
        let error = try #require(throws: UnreadableCredentials.self) { try CredentialRecord(json: Array(json.utf8)) }
        #expect(error.description.hasPrefix(problem), "\(error)")
        #expect(!error.description.contains("hu"))
    }

    @Test func printsNoSecret() {
        var text = "\(Self.full) \(String(reflecting: Self.full))"
        dump(Self.full, to: &text)
        dump(Self.full.token, to: &text)
        #expect(!text.contains("hush"), "\(text)")
    }
}
