internal import EventLoop

/// The third-party platforms (components), and the merchants who have authorised them.
struct SimulatedComponents: Sendable {
    struct Component: Sendable {
        /// Nil until it is told: such a component does not exist.
        var secret: String?
        /// The one that is good, and those that were before it. Nil: any is good.
        var ticket: String?
        var oldTickets: Set<String> = []
        var merchants: [String: Merchant] = [:]
        /// The appids of the merchants as they came, which is how lists show them.
        var order: [String] = []
    }

    struct Merchant: Sendable {
        /// Nil until the authorisation code is exchanged.
        var refreshToken: String?
        var authorizationCode: String?
        /// Those that rotation has replaced, and until when they are good.
        var oldRefreshTokens: [String: MonotonicTime] = [:]
        var rotations = 0
    }

    private(set) var components: [String: Component] = [:]
    /// Merchants who have authorised no component, or none any more.
    private(set) var unauthorized: Set<String> = []
    var rotatesRefreshTokens = false
    /// How long the old refresh token stays good.
    var refreshGrace = Duration.seconds(300)

    /// A component that has a ticket or merchants, but no secret to go with them.
    var incomplete: String? { components.first { $0.value.secret == nil }?.key }

    // MARK: What the flags say

    mutating func setSecret(_ secret: String, of component: String) {
        components[component, default: Component()].secret = secret
    }

    mutating func setTicket(_ ticket: String, of component: String) {
        if let old = components[component]?.ticket { components[component]?.oldTickets.insert(old) }
        components[component, default: Component()].ticket = ticket
        components[component]?.oldTickets.remove(ticket)
    }

    /// The merchant authorises, or does so anew: refresh tokens from before are of no use.
    mutating func authorize(_ appid: String, for component: String, as merchant: Merchant) {
        unauthorized.remove(appid)
        if components[component, default: Component()].merchants.updateValue(merchant, forKey: appid) == nil {
            components[component]?.order.append(appid)
        }
    }

    mutating func authorize(count: Int, for component: String) {
        for number in 1...count {
            let digits = String(number)
            let appid = "wxm" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
            authorize(appid, for: component, as: Merchant(refreshToken: "refresh-\(appid)"))
        }
    }

    mutating func endAuthorization(of appid: String) { unauthorized.insert(appid) }

    // MARK: What the endpoints ask

    func check(_ component: String, secret: String, ticket: String) throws(SimulatedErrorCode) {
        guard let known = components[component] else { throw .invalidAppID }
        guard known.secret == secret else { throw .invalidSecret }
        if known.oldTickets.contains(ticket) { throw .ticketExpired }
        guard !ticket.isEmpty, known.ticket == nil || known.ticket == ticket else { throw .ticketInvalid }
    }

    /// - Returns: the refresh token that is to be used from now on.
    mutating func refresh(
        _ appid: String, of component: String, with refreshToken: String, at now: MonotonicTime
    ) throws(SimulatedErrorCode) -> String {
        guard !unauthorized.contains(appid), var merchant = components[component]?.merchants[appid] else {
            throw .notAuthorized
        }
        guard let current = merchant.refreshToken else { throw .refreshTokenInvalid }
        let isGood = refreshToken == current || merchant.oldRefreshTokens[refreshToken].map { now < $0 } ?? false
        guard isGood else { throw .refreshTokenInvalid }
        guard rotatesRefreshTokens else { return current }
        merchant.rotations += 1
        merchant.oldRefreshTokens = merchant.oldRefreshTokens.filter { now < $0.value }
        merchant.oldRefreshTokens[current] = now + refreshGrace
        let next = "refresh-\(appid)-\(merchant.rotations + 1)"
        merchant.refreshToken = next
        components[component]?.merchants[appid] = merchant
        return next
    }

    /// A code is good once.
    mutating func exchange(
        _ code: String, of component: String
    ) throws(SimulatedErrorCode) -> (appid: String, refreshToken: String) {
        guard let appid = components[component]?.merchants.first(where: { $0.value.authorizationCode == code })?.key,
            !unauthorized.contains(appid)
        else { throw .codeInvalid }
        let refreshToken = "refresh-\(appid)"
        components[component]?.merchants[appid] = Merchant(refreshToken: refreshToken)
        return (appid, refreshToken)
    }

    /// Those who authorise the component, in the order in which they came.
    func authorizers(of component: String) -> [(appid: String, refreshToken: String?)] {
        guard let known = components[component] else { return [] }
        return known.order.filter { !unauthorized.contains($0) }.map { ($0, known.merchants[$0]?.refreshToken) }
    }
}
