internal import EventLoop

/// The access tokens that were handed out, and which of them are good. Each owner has a chain of its own: a new token
/// takes the place of the one before, which may stay good for a while.
struct SimulatedTokens {
    /// An account has a chain for each way to get tokens, and none knows of the other.
    struct Owner: Hashable {
        enum Kind: Hashable {
            case stable, legacy, component
            case authorizer(component: String)
        }

        let kind: Kind
        let appid: String

        var isAuthorizer: Bool {
            if case .authorizer = kind { true } else { false }
        }
    }

    struct Issued: Equatable {
        var token: String
        var lifetime: Duration
        var isNew: Bool
    }

    private struct Token {
        let owner: Owner
        let issuedAt: MonotonicTime
        let expiresAt: MonotonicTime
        /// When its successor leaves it no more time, or when it was revoked.
        var deadFrom: MonotonicTime?

        func isDead(at now: MonotonicTime) -> Bool { deadFrom.map { $0 <= now } ?? false }
    }

    /// Older ones than these are forgotten, and refused as unknown.
    private static let tokensRemembered = 64
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// By owner; the newest is last.
    private var chains: [Owner: [String]] = [:]
    private var tokens: [String: Token] = [:]
    private var calls: [Owner: Int] = [:]

    /// A new token. The one before stays good for the `overlap`, older ones die; nil: all live out their time.
    mutating func issue(
        to owner: Owner, lifetime: Duration, overlap: Duration?, at now: MonotonicTime,
        using generator: inout SplitMix64
    ) -> Issued {
        var chain = chains.removeValue(forKey: owner) ?? []
        if let overlap {
            for name in chain.dropLast() { kill(name, at: now) }
            if let last = chain.last { kill(last, at: now + overlap) }
        }
        let name = Self.newName(using: &generator)
        tokens[name] = Token(owner: owner, issuedAt: now, expiresAt: now + lifetime)
        chain.append(name)
        if chain.count > Self.tokensRemembered { tokens[chain.removeFirst()] = nil }
        chains[owner] = chain
        return Issued(token: name, lifetime: lifetime, isNew: true)
    }

    /// As `stable_token` does: the same token until five minutes before its end (half of its life, if that is shorter),
    /// or until it is revoked. `isForced` revokes it, unless it is younger than 30 seconds.
    mutating func issueStable(
        appid: String, lifetime: Duration, isForced: Bool, at now: MonotonicTime, using generator: inout SplitMix64
    ) -> Issued {
        let owner = Owner(kind: .stable, appid: appid)
        if let name = chains[owner]?.last, let token = tokens[name], !token.isDead(at: now) {
            let rest = token.expiresAt - now
            if isForced, now - token.issuedAt >= .seconds(30) {
                kill(name, at: now)
            } else if rest > min(.seconds(300), lifetime / 2) {
                return Issued(token: name, lifetime: rest, isNew: false)
            }
        }
        return issue(to: owner, lifetime: lifetime, overlap: nil, at: now, using: &generator)
    }

    /// Whose token this is, be it good or not. Nil for one that was never handed out, or is forgotten.
    func owner(of name: String?) -> Owner? { name.flatMap { tokens[$0]?.owner } }

    /// The owner of a good token.
    func check(_ name: String?, at now: MonotonicTime) throws(SimulatedErrorCode) -> Owner {
        guard let name, !name.isEmpty else { throw .tokenMissing }
        guard let token = tokens[name], !token.isDead(at: now) else { throw .invalidCredential }
        guard token.expiresAt > now else { throw .tokenExpired }
        return token.owner
    }

    /// Counts a call that was let in, and returns how many that makes for the owner.
    mutating func countCall(of owner: Owner) -> Int {
        calls[owner, default: 0] += 1
        return calls[owner, default: 0]
    }

    /// - Returns: whether there was a token that was good until now.
    mutating func revokeCurrent(of owner: Owner, at now: MonotonicTime) -> Bool {
        guard let name = chains[owner]?.last, let token = tokens[name], !token.isDead(at: now), token.expiresAt > now
        else { return false }
        kill(name, at: now)
        return true
    }

    /// Every chain of the account; nil: of all accounts.
    /// - Returns: how many tokens were good until now; nil for an account that never had any.
    mutating func revokeCurrent(ofAccount appid: String?, at now: MonotonicTime) -> Int? {
        let owners = chains.keys.filter { appid == nil || $0.appid == appid }
        guard appid == nil || !owners.isEmpty else { return nil }
        return owners.count { revokeCurrent(of: $0, at: now) }
    }

    private mutating func kill(_ name: String, at time: MonotonicTime) {
        let earlier = tokens[name]?.deadFrom ?? time
        tokens[name]?.deadFrom = min(earlier, time)
    }

    /// As long as real ones, which has its price in every URL.
    private static func newName(using generator: inout SplitMix64) -> String {
        let random = (0..<133).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
        return "90_" + String(decoding: random, as: UTF8.self)
    }
}
