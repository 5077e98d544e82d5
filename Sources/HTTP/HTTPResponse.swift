/// What the server answered, whatever its status: a status of 500 is a response, not an error.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var body: [UInt8]
    /// From the `Retry-After` header, whether it gave seconds or a date; nil without one, or if that time has passed.
    package var retryAfter: Duration?

    package init(status: Int, body: [UInt8], retryAfter: Duration? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }
}
