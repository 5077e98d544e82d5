import EventLoop
import JSON
import Testing
import WeChat

@testable import QueryWorker

@Suite struct CredentialTopicRecordTests {
    @Test(arguments: CredentialFixture.sealed + CredentialFixture.plain)
    func isReadAsItWasWritten(_ record: CredentialTopicRecord) throws {
        let keys = try CredentialFixture.keys()
        let value = try record.encode(sealedWith: keys)
        #expect(try CredentialTopicRecord(key: record.key, value: value, keys: keys) == record)
    }

    @Test(arguments: CredentialFixture.sealed)
    func showsNoSecretOnTheTopic(_ record: CredentialTopicRecord) throws {
        let value = String(decoding: try record.encode(sealedWith: CredentialFixture.keys()), as: UTF8.self)
        #expect(value.contains(#""sealed":{"key_id":"k1","nonce":""#) && !value.contains("hush"), "\(value)")
    }

    @Test func showsWhoAndWhenOnTheTopic() throws {
        let value = String(
            decoding: try CredentialFixture.token.encode(sealedWith: CredentialFixture.keys()), as: UTF8.self)
        let open =
            #"{"schema":"credential-record.v1","type":"token","component":"wxC","account":"wxA","generation":7,"#
            + #""expires_at":"2025-11-25T01:02:03.456Z","based_on":12,"sealed":"#
        #expect(value.hasPrefix(open), "\(value)")
    }

    @Test func neverSealsWithTheSameNonce() throws {
        let keys = try CredentialFixture.keys()
        let nonces = try (0..<100).map { _ in
            let document = JSONDocument()
            let root = try document.parse(try CredentialFixture.token.encode(sealedWith: keys))
            return try #require(root["sealed"]?["nonce"]?.string)
        }
        #expect(Set(nonces).count == 100)
    }

    // MARK: Rotation

    @Test func opensWithAnyKeyOfTheFileAndSealsWithTheFirst() throws {
        let old = try CredentialFixture.keys("old", of: 1)
        let both = try CredentialKeys(
            text: CredentialFixture.keyLine("new", of: 2) + "\n" + CredentialFixture.keyLine("old", of: 1))
        let new = try CredentialFixture.keys("new", of: 2)
        let record = CredentialFixture.token
        let (before, after) = (try record.encode(sealedWith: old), try record.encode(sealedWith: both))
        #expect(try CredentialTopicRecord(key: record.key, value: before, keys: both) == record)
        #expect(try CredentialTopicRecord(key: record.key, value: after, keys: new) == record)
        let error = try #require(throws: UnreadableCredentials.self) {
            try CredentialTopicRecord(key: record.key, value: after, keys: old)
        }
        #expect(
            error.description.hasPrefix(
                "sealed: with key new, which credentials.key.file does not have (it has keys old)"))
    }

    // MARK: Tampering

    /// A bit of any byte: it opens as nothing else, whatever the byte belongs to. White space and a base64 digit's unused
    /// bits change nothing.
    @Test(arguments: CredentialFixture.sealed)
    func noBitOfARecordCanBeChanged(_ record: CredentialTopicRecord) throws {
        let keys = try CredentialFixture.keys()
        let value = try record.encode(sealedWith: keys)
        for index in value.indices {
            for bit in [0, 2, 5, 7] as [UInt8] {
                var changed = value
                changed[index] ^= 1 << bit
                do {
                    let read = try CredentialTopicRecord(key: record.key, value: changed, keys: keys)
                    #expect(read == record, "byte \(index), bit \(bit)")
                } catch {
                    #expect(!error.description.contains("hush"), "\(error)")
                }
            }
        }
    }

    @Test func noSealCanBeCutOff() throws {
        let keys = try CredentialFixture.keys()
        let value = try CredentialFixture.token.encode(sealedWith: keys)
        for length in 0..<value.count {
            #expect(throws: UnreadableCredentials.self, "\(length) bytes") {
                try CredentialTopicRecord(
                    key: CredentialFixture.token.key, value: Array(value.prefix(length)), keys: keys)
            }
        }
    }

    /// Another merchant's refresh token, under a record key of one's own.
    @Test func aSealOpensUnderNoOtherRecordKey() throws {
        let keys = try CredentialFixture.keys()
        let value = String(decoding: try CredentialFixture.token.encode(sealedWith: keys), as: UTF8.self)
        let moved = value.replacing(#""account":"wxA""#, with: #""account":"wxB""#)
        for (key, value) in [("token/account-wxb", moved), ("token/account-wxb", value)] {
            let error = try #require(throws: UnreadableCredentials.self) {
                try CredentialTopicRecord(key, value, keys: keys)
            }
            #expect(error.description.hasPrefix("sealed: does not open: the key k1 of credentials.key.file is another"))
        }
    }

    @Test(arguments: [
        (#""generation":7"#, #""generation":8"#, "generation"), (#","based_on":12"#, "", "based_on"),
        (#""expires_at":"2025"#, #""expires_at":"2035"#, "expires_at"),
        (#""component":"wxC""#, #""component":"wxD""#, "component"),
        (#""component":"wxC","#, #""component":"wxC","received_at":"2025-11-25T01:02:03Z","#, "received_at"),
    ])
    func whatStandsBesideASealCannotBeExchanged(old: String, new: String, field: String) throws {
        let keys = try CredentialFixture.keys()
        let value = String(decoding: try CredentialFixture.token.encode(sealedWith: keys), as: UTF8.self)
        #expect(value.contains(old))
        let error = try #require(throws: UnreadableCredentials.self) {
            try CredentialTopicRecord("token/account-wxa", value.replacing(old, with: new), keys: keys)
        }
        #expect(error.description.hasPrefix("\(field): differs from what was sealed with it"), "\(error)")
    }

    @Test func aKeyOfTheSameIdThatIsAnotherOpensNothing() throws {
        let value = try CredentialFixture.token.encode(sealedWith: CredentialFixture.keys("k1", of: 1))
        let error = try #require(throws: UnreadableCredentials.self) {
            try CredentialTopicRecord(
                key: CredentialFixture.token.key, value: value, keys: CredentialFixture.keys("k1", of: 2))
        }
        #expect(error.description.hasPrefix("sealed: does not open: the key k1 of credentials.key.file is another"))
    }

    // MARK: What others publish

    @Test(arguments: [
        (
            "ticket/component-wxc", #"{"type":"ticket","component":"wxC","ticket":"t"}"#,
            CredentialTopicRecord.event(.ticket(component: "wxC", ticket: "t"), receivedAt: nil)
        ),
        (
            "ticket/component-wxc",
            #"{"schema":"credential-record.v1","type":"ticket","component":"wxC","ticket":"t","#
                + #""received_at":"2025-11-25T01:02:03.456Z"}"#,
            .event(.ticket(component: "wxC", ticket: "t"), receivedAt: CredentialFixture.time)
        ),
        (
            "authorization/account-wxa",
            #"{"type":"authorized","component":"wxC","account":"wxA","authorization_code":"c"}"#,
            .event(.authorizedByCode(component: "wxC", account: "wxA", authorizationCode: "c"), receivedAt: nil)
        ),
        (
            "authorization/account-wxa", #"{"type":"unauthorized","component":"wxC","account":"wxA","x":1}"#,
            .event(.unauthorized(component: "wxC", account: "wxA"), receivedAt: nil)
        ),
    ])
    func anEventReceiverThatKnowsNoKeyIsUnderstood(key: String, value: String, record: CredentialTopicRecord) throws {
        #expect(try CredentialTopicRecord(key, value, keys: CredentialFixture.keys()) == record)
    }

    @Test(arguments: [
        ("token/account-wxa", "", "empty"), ("token/account-wxa", "hush", "not valid JSON"),
        ("token/account-wxa", "[]", "one JSON object was expected, but found an array"),
        ("token/account-wxa", "{}", "type: is missing"),
        (
            "token/account-wxa", #"{"schema":"credential-record.v2","type":"token"}"#,
            "schema: should be credential-record.v1"
        ),
        ("token/account-wxa", #"{"schema":1,"type":"token"}"#, "schema: a string was expected, but found an integer"),
        ("token/account-wxa", #"{"type":"hush"}"#, "type: should be token under this record key"),
        ("authorization/account-wxa", #"{"type":"ticket"}"#, "type: should be authorized or unauthorized under this"),
        (
            "token/account-wxa",
            #"{"type":"token","account":"wxA","generation":1,"access_token":"hush","expires_at":"2025-11-25T01:02:03Z"}"#,
            "sealed: is missing; a token is taken only if it was sealed by a worker"
        ),
        (
            "ticket/component-wxc", #"{"type":"ticket","component":"wxD","ticket":"hush"}"#,
            "account, component: the value is of component wxD, which belongs under ticket/component-wxd"
        ),
        (
            "ticket/component-wxc", #"{"type":"ticket","component":"wxC","ticket":"hush","received_at":"hush"}"#,
            "received_at: a time as RFC 3339 was expected"
        ),
        (
            "ticket/component-wxc", #"{"type":"ticket","component":"wxC","ticket":"hush","sealed":{}}"#,
            "ticket: is there beside sealed"
        ),
        ("ticket/component-wxc", #"{"type":"ticket","component":"wxC","sealed":[]}"#, "sealed: an object was expected"),
        ("ticket/component-wxc", #"{"type":"ticket","component":"wxC","sealed":{}}"#, "key_id: is missing"),
        (
            "ticket/component-wxc", #"{"type":"ticket","sealed":{"key_id":"hush hush"}}"#,
            "key_id: should be 1 to 64 letters"
        ),
        ("ticket/component-wxc", #"{"type":"ticket","sealed":{"key_id":"k1"}}"#, "nonce: is missing"),
        (
            "ticket/component-wxc", #"{"type":"ticket","sealed":{"key_id":"k1","nonce":"hush!"}}"#,
            "nonce: is not base64"
        ),
        (
            "ticket/component-wxc", #"{"type":"ticket","sealed":{"key_id":"k1","nonce":"AAAA"}}"#,
            "nonce: should be 12 bytes, but is 3"
        ),
        (
            "ticket/component-wxc",
            #"{"type":"ticket","sealed":{"key_id":"k1","nonce":"AAAAAAAAAAAAAAAA","ciphertext":"AAAA"}}"#,
            "ciphertext: is cut off: 3 bytes"
        ),
        ("intent/account-wxa", #"{"type":"intent"}"#, "account, component: both are missing"),
        ("intent/account-wxa", #"{"type":"intent","account":"wxA"}"#, "generation: is missing"),
        ("intent/account-wxa", #"{"type":"intent","account":"wxA","generation":0}"#, "generation: should be from 1 to"),
        (
            "intent/account-wxa", #"{"type":"intent","account":"wxA","generation":9223372036854775807,"instance":"a"}"#,
            "generation: should be from 1 to"
        ),
        ("intent/account-wxa", #"{"type":"intent","account":"wxA","generation":1}"#, "instance: is missing"),
        (
            "rejected/account-wxa", #"{"type":"rejected","account":"wxA","generation":1,"instance":""}"#,
            "instance: should be 1 to 255 characters of ASCII"
        ),
    ])
    func saysWhatIsWrongWithoutTheSecret(key: String, value: String, problem: String) throws {
        let error = try #require(throws: UnreadableCredentials.self) {
            try CredentialTopicRecord(key, value, keys: CredentialFixture.keys())
        }
        #expect(error.description.hasPrefix(problem), "\(error)")
        #expect(!error.description.contains("hush"), "\(error)")
    }

    @Test func looksAtNothingHuge() throws {
        let value = #"{"type":"ticket","component":"wxC","ticket":""# + String(repeating: "t", count: 70_000) + #""}"#
        let error = try #require(throws: UnreadableCredentials.self) {
            try CredentialTopicRecord("ticket/component-wxc", value, keys: CredentialFixture.keys())
        }
        #expect(error.description.hasPrefix("too large: 70"), "\(error)")
    }

    // MARK: Printing

    @Test(arguments: CredentialFixture.sealed + CredentialFixture.plain)
    func printsNoSecret(_ record: CredentialTopicRecord) throws {
        var text = "\(record) \(String(reflecting: record))"
        dump(record, to: &text)
        if case .token(let refreshed) = record {
            text += "\(refreshed) \(String(reflecting: refreshed))"
            dump(refreshed, to: &text)
        }
        let seal = try CredentialSeal(
            sealing: [1, 2, 3], under: record.key, with: CredentialFixture.keys().sealing)
        dump(seal, to: &text)
        #expect(!text.contains("hush") && !text.contains("expiresAt"), "\(text)")
    }
}
