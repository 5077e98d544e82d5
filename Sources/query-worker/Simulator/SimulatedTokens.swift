internal import EventLoop

/// The accounts and their access tokens, as `stable_token` keeps them.
struct SimulatedTokens {
    enum Check: Equatable {
        case good(appid: String)
        case refused(SimulatedErrorCode)
    }

    struct Issued: Equatable {
        var token: String
        var lifetime: Duration
        var isNew: Bool
    }

    private struct Account {
        /// The newest is last; older ones may still be good for their last minutes.
        var tokens: [String] = []
        var calls = 0
    }

    private struct Token {
        let appid: String
        let issuedAt: MonotonicTime
        let expiresAt: MonotonicTime
        var isRevoked = false
    }

    /// Older ones than these are forgotten, and refused as unknown.
    private static let tokensRemembered = 64
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private let secrets: [String: String]
    private let lifetime: Duration
    private var accounts: [String: Account] = [:]
    private var tokens: [String: Token] = [:]

    init(secrets: [String: String], lifetime: Duration) {
        self.secrets = secrets
        self.lifetime = lifetime
    }

    /// The same token until five minutes before its end (half of its life, if that is shorter), or until it is revoked.
    /// `isForced` revokes it, unless it is younger than 30 seconds.
    mutating func issue(
        appid: String, secret: String, isForced: Bool, at now: MonotonicTime, using generator: inout SplitMix64
    ) -> Result<Issued, SimulatedErrorCode> {
        if !secrets.isEmpty {
            guard let expected = secrets[appid] else { return .failure(.invalidAppID) }
            guard secret == expected else { return .failure(.invalidCredential) }
        }
        if let name = accounts[appid]?.tokens.last, let token = tokens[name], !token.isRevoked {
            let rest = token.expiresAt - now
            if isForced, now - token.issuedAt >= .seconds(30) {
                tokens[name]?.isRevoked = true
            } else if rest > min(.seconds(300), lifetime / 2) {
                return .success(Issued(token: name, lifetime: rest, isNew: false))
            }
        }
        let name = Self.newName(using: &generator)
        tokens[name] = Token(appid: appid, issuedAt: now, expiresAt: now + lifetime)
        var account = accounts.removeValue(forKey: appid) ?? Account()
        account.tokens.append(name)
        if account.tokens.count > Self.tokensRemembered { tokens[account.tokens.removeFirst()] = nil }
        accounts[appid] = account
        return .success(Issued(token: name, lifetime: lifetime, isNew: true))
    }

    func check(_ name: String?, at now: MonotonicTime) -> Check {
        guard let name, !name.isEmpty else { return .refused(.tokenMissing) }
        guard let token = tokens[name], !token.isRevoked else { return .refused(.invalidCredential) }
        return token.expiresAt > now ? .good(appid: token.appid) : .refused(.tokenExpired)
    }

    /// Counts a call that was let in, and returns how many that makes for the account.
    mutating func countCall(of appid: String) -> Int {
        accounts[appid]?.calls += 1
        return accounts[appid]?.calls ?? 0
    }

    mutating func revokeCurrent(of appid: String) {
        if let name = accounts[appid]?.tokens.last { tokens[name]?.isRevoked = true }
    }

    /// As long as real ones, which has its price in every URL.
    private static func newName(using generator: inout SplitMix64) -> String {
        let random = (0..<133).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return "90_" + String(decoding: random, as: UTF8.self)
    }
}
