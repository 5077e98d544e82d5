internal import EventLoop
internal import JSON

/// A token that another service keeps, as it says it: bare, or as JSON with its end.
struct ExternalToken {
    enum Life: Equatable {
        /// It says nothing: good as long as it is there.
        case unknown
        case seconds(Int64)
        case until(WallTime)
    }

    let token: AccessToken
    let life: Life

    /// More than any token of WeChat's has.
    private static let lengthMax = 4096

    init(text: String) throws(UnreadableAnswer) {
        let text = text.drop { $0.isWhitespace }
        if text.first == "{" {
            guard let json = try? JSONDocument(maximumLength: 1 << 20).parse(Array(text.utf8)) else {
                throw UnreadableAnswer("what begins like JSON is none")
            }
            try self.init(json: json)
        } else {
            let token = text.prefix { !$0.isWhitespace }
            guard text[token.endIndex...].allSatisfy(\.isWhitespace) else {
                throw UnreadableAnswer("a token, or a JSON object with access_token, was expected, and nothing else")
            }
            try self.init(String(token), .unknown)
        }
    }

    init(json: JSONValue) throws(UnreadableAnswer) {
        let token = try json.text("access_token") ?? ""
        if let end = try json.unsigned("expires_at") {
            // Some count milliseconds; as seconds that would be tens of thousands of years from now.
            let milliseconds = end > 100_000_000_000 ? end : end * 1000
            try self.init(token, .until(WallTime(millisecondsSince1970: Int64(clamping: milliseconds))))
        } else if let seconds = try json.unsigned("expires_in") {
            try self.init(token, .seconds(Int64(min(seconds, 1 << 31))))
        } else {
            try self.init(token, .unknown)
        }
    }

    private init(_ token: String, _ life: Life) throws(UnreadableAnswer) {
        guard !token.isEmpty else { throw UnreadableAnswer("access_token: missing or empty") }
        guard token.utf8.count <= Self.lengthMax, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw UnreadableAnswer("access_token: up to \(Self.lengthMax) plain characters were expected")
        }
        self.token = AccessToken(token)
        self.life = life
    }
}

extension ExternalToken {
    /// How often a token is read again that somebody else may replace at any time.
    static let interval = Duration.seconds(60)
    /// For how long one is used of whose end nothing is said, if it can't be read again.
    static let assumedLifetime = Duration.seconds(7200)

    /// - Parameter rest: what is left of its life; nil if nothing is known of it.
    func fetched(rest: Duration?) -> FetchedToken {
        guard let rest else {
            return FetchedToken(token: token, lifetime: Self.assumedLifetime, refreshAfter: Self.interval)
        }
        // Never less than a second: what nears its end would be read ever faster.
        let refreshAfter = max(.seconds(1), min(Self.interval, rest / 2))
        return FetchedToken(token: token, lifetime: rest, refreshAfter: refreshAfter)
    }
}
