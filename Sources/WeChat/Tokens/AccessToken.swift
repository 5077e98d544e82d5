/// An access token. Whoever has it acts for the account, so it prints as `***`.
package struct AccessToken: Hashable, Sendable {
    /// For the URL of a call and for the store of credentials, and nothing else.
    package let value: String
    /// The query that carries it. Bytes that mean something in a URL are escaped: a token can come from a file.
    let query: String

    package init(_ value: String) {
        self.value = value
        query = "access_token=" + value.percentEncoded
    }
}

extension AccessToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
