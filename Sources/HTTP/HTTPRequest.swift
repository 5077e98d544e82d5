/// One request for `HTTPClient.send`. Its URL may carry a secret in the query, so it never prints it.
package struct HTTPRequest: Sendable {
    package enum Method: Sendable {
        case get
        case post
    }

    package var method: Method
    package var url: String
    /// Its path without the query, for who counts requests by it; nothing of it is secret.
    package var route: String
    /// JSON; sent with `post` only.
    package var body: [UInt8]
    /// Limit for the whole exchange, connection included.
    package var timeout: Duration

    package init(method: Method, url: String, route: String = "", body: [UInt8] = [], timeout: Duration) {
        self.method = method
        self.url = url
        self.route = route
        self.body = body
        self.timeout = timeout
    }
}

extension HTTPRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "\(method) with \(body.count) bytes" }
    package var debugDescription: String { description }
    /// Without children: a dump must not show what `description` hides.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
