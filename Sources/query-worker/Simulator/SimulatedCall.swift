internal import EventLoop
internal import HTTP

/// A call as it arrived: all that its answer may depend on.
struct SimulatedCall {
    let endpoint: SimulatedEndpoint
    let body: [UInt8]
    let query: [HTTPServerRequest.Field]
    let time: MonotonicTime
    let wallTime: WallTime

    init(_ endpoint: SimulatedEndpoint, _ request: HTTPServerRequest) {
        self.endpoint = endpoint
        body = request.body
        query = request.query
        time = .current
        wallTime = .current
    }

    /// Nil if there is none, and if it is empty.
    func queryItem(_ name: String) -> String? {
        query.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
    }
}

/// What a call gets, and when: decided on arrival, delivered later.
struct SimulatedAnswer: Sendable {
    enum Content: Sendable {
        case respond(HTTPServerResponse)
        case drop
    }

    /// Nil: not before the endpoint stops hanging.
    var delay: Duration?
    var content: Content
}
