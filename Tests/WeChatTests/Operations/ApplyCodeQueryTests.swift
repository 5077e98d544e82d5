import Testing

@testable import WeChat

@Suite struct ApplyCodeQueryTests {
    @Test(arguments: [
        (ApplyCodeQuery(applicationID: 581_865_877), #"{"application_id":581865877}"#),
        (ApplyCodeQuery(applicationID: .max), #"{"application_id":18446744073709551615}"#),
        (ApplyCodeQuery(isvApplicationID: "testid124"), #"{"isv_application_id":"testid124"}"#),
        (ApplyCodeQuery(applicationID: 1, isvApplicationID: "x"), #"{"application_id":1,"isv_application_id":"x"}"#),
        (ApplyCodeQuery(isvApplicationID: "单号 é 👍"), #"{"isv_application_id":"单号 é 👍"}"#),
        (ApplyCodeQuery(isvApplicationID: #"a"b\c/d"#), #"{"isv_application_id":"a\"b\\c/d"}"#),
    ])
    func sendsTheKeysGivenAndTextAsItIs(query: ApplyCodeQuery, expected: String) {
        #expect(query.encoded() == Array(expected.utf8))
    }
}
