internal import JSON

/// What a merchant's authorisation brings: an access token, and what the next one is had with.
struct Authorization {
    let token: FetchedToken
    /// Nil where WeChat left it out: then the one before goes on.
    let refreshToken: String?

    init(_ answer: JSONValue) throws(UnreadableAnswer) {
        token = try FetchedToken(answer, "authorizer_access_token")
        let refreshToken = try answer.text("authorizer_refresh_token")
        self.refreshToken = refreshToken?.isEmpty == false ? refreshToken : nil
    }
}

/// A page of the accounts that have authorised a component.
struct AuthorizerPage {
    struct Entry {
        let account: String
        /// Nil while the account's authorisation code has not been exchanged.
        let refreshToken: String?
    }

    /// The most that WeChat gives at once.
    static let size = 500
    /// More accounts than any platform has; keeps a list without an end from being read for ever.
    private static let offsetLimit = 1_000_000

    let total: Int
    let entries: [Entry]

    init(_ answer: JSONValue) throws(UnreadableAnswer) {
        guard let total = try answer.unsigned("total_count") else { throw UnreadableAnswer("total_count: missing") }
        self.total = Int(clamping: total)
        var entries: [Entry] = []
        if let list = answer.member("list") {
            guard let elements = list.elements else { throw .wrongType("list", wanted: "an array", list) }
            for element in elements {
                // What is none would make no name in the credential store.
                guard let account = try element.text("authorizer_appid"), CredentialName.isAppID(account) else {
                    continue
                }
                let refreshToken = try element.text("refresh_token")
                entries.append(
                    Entry(account: account, refreshToken: refreshToken?.isEmpty == false ? refreshToken : nil))
            }
        }
        self.entries = entries
    }

    /// Where the next page begins; nil after the last one.
    func next(after offset: Int) -> Int? {
        let next = offset + Self.size
        return entries.isEmpty || next >= min(total, Self.offsetLimit) ? nil : next
    }
}
