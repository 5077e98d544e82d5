/// What `StubAPI` does with a request.
package enum StubAction: Sendable {
    case answer(StubAnswer)
    /// Answers when the gate opens.
    case answerAfter(StubGate, StubAnswer)
    /// Closes the connection without a byte.
    case close
    /// Keeps the connection open, and says nothing.
    case hang
    /// Sends these bytes as they are, and closes.
    case raw(String)
    /// Sends the headers and only that many bytes of the body, and closes.
    case partial(StubAnswer, bodyBytes: Int)

    package static func json(_ body: String, status: Int = 200) -> StubAction { .answer(StubAnswer(status, body)) }
}

/// A response in full.
package struct StubAnswer: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]

    package init(_ status: Int, _ body: String, headers: [String: String] = [:]) {
        self.init(status, bytes: Array(body.utf8), headers: headers)
    }

    package init(_ status: Int, bytes: [UInt8], headers: [String: String] = [:]) {
        self.status = status
        self.headers = headers
        body = bytes
    }

    /// - Parameter bodyBytes: how much of the body is sent; `Content-Length` promises all of it.
    func encoded(bodyBytes: Int? = nil) -> [UInt8] {
        var head = "HTTP/1.1 \(status) Stub\r\nContent-Length: \(body.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        return Array((head + "\r\n").utf8) + body.prefix(bodyBytes ?? body.count)
    }
}
