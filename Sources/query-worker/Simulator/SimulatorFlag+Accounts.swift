extension SimulatorFlag {
    /// Where it listens, and what is answered to whom.
    static let answers: [String: SimulatorFlag] = [
        "--listen": SimulatorFlag("HOST:PORT, as in 127.0.0.1:18080; port 0 takes any free one", isFixed: true) {
            guard let colon = $1.lastIndex(of: ":"), let port = UInt16($1[$1.index(after: colon)...]) else {
                return false
            }
            let host = $1[..<colon]
            $0.host = String(host.hasPrefix("[") && host.hasSuffix("]") ? host.dropFirst().dropLast() : host)
            $0.port = port
            return !$0.host.isEmpty
        },
        "--seed": SimulatorFlag("an integer from 0 to 2^64-1", isFixed: true) { set(&$0.seed, UInt64($1)) },
        "--not-found-id": SimulatorFlag("an application id") {
            $0.notFound.insert($1)
            return !$1.isEmpty
        },
        "--chinese": .switch(\.isChinese, to: true),
        "--no-chinese": .switch(\.isChinese, to: false),
    ]

    static let latencies: [String: SimulatorFlag] = [
        "--latency": SimulatorFlag(latencyWanted) { set(&$0.latency, SimulatedLatency($1)) },
        "--token-latency": SimulatorFlag(latencyWanted) { set(&$0.tokenLatency, SimulatedLatency($1).map(Optional.some)) },
        "--account-latency": SimulatorFlag("APPID=LATENCY, as in wx0123=lognormal:2s,0.5") {
            guard let (appid, text) = assignment($1) else { return false }
            return set(&$0.accountLatencies[appid], SimulatedLatency(text).map(Optional.some))
        },
        "--hang-id": SimulatorFlag("APPLICATION_ID=DURATION, as in 1042=30s") {
            guard let (id, text) = pair($1), let duration = Duration(argument: text) else { return false }
            $0.hangs[id] = duration
            return true
        },
    ]

    private static let latencyWanted =
        "a duration as in 5ms, lognormal:MEAN,SIGMA as in lognormal:30ms,0.5, or uniform:FROM,TO as in uniform:1ms,20ms"

    /// Accounts that have a secret of their own.
    static let accounts: [String: SimulatorFlag] = [
        "--account": SimulatorFlag("APPID=SECRET, as in wx0123=s3cret") {
            guard let (appid, secret) = assignment($1) else { return false }
            $0.accounts[appid] = secret
            return true
        },
        "--token-ttl": duration(\.tokenLifetime, from: .seconds(1)),
        "--token-overlap": duration(\.tokenOverlap),
        "--revoke-rate": rate(\.revokeRate),
        "--revoke-every": SimulatorFlag("a number of calls from 1 on") {
            $0.revokeEvery = Int($1)
            return $0.revokeEvery ?? 0 > 0
        },
    ]

    /// Third-party platforms.
    static let components: [String: SimulatorFlag] = [
        "--component": SimulatorFlag("APPID=SECRET, as in wxc1=s3cret") {
            guard let (component, secret) = assignment($1) else { return false }
            $0.components.setSecret(secret, of: component)
            return true
        },
        "--ticket": SimulatorFlag("COMPONENT=TICKET, as in wxc1=ticket@@@1") {
            guard let (component, ticket) = assignment($1) else { return false }
            $0.components.setTicket(ticket, of: component)
            return true
        },
        "--merchant": SimulatorFlag("COMPONENT/APPID=REFRESH_TOKEN, as in wxc1/wxm1=refresh-1") {
            guard let (component, appid, token) = merchant($1) else { return false }
            $0.components.authorize(appid, for: component, as: SimulatedComponents.Merchant(refreshToken: token))
            return true
        },
        "--merchant-code": SimulatorFlag("COMPONENT/APPID=CODE, as in wxc1/wxm1=queryauthcode@@@1") {
            guard let (component, appid, code) = merchant($1) else { return false }
            $0.components.authorize(appid, for: component, as: SimulatedComponents.Merchant(authorizationCode: code))
            return true
        },
        "--merchants": SimulatorFlag("COMPONENT=COUNT, as in wxc1=50; at most 100000") {
            guard let (component, text) = assignment($1), let count = Int(text), (1...100_000).contains(count) else {
                return false
            }
            $0.components.authorize(count: count, for: component)
            return true
        },
        "--unauthorized": SimulatorFlag("a merchant's appid") {
            $0.components.endAuthorization(of: $1)
            return !$1.isEmpty
        },
        "--component-overlap": duration(\.componentOverlap),
        "--rotate-refresh-tokens": .switch(\.components.rotatesRefreshTokens, to: true),
        "--no-rotate-refresh-tokens": .switch(\.components.rotatesRefreshTokens, to: false),
        "--refresh-grace": duration(\.components.refreshGrace),
    ]

    private static func merchant(_ text: String) -> (component: String, appid: String, value: String)? {
        guard let (name, value) = assignment(text) else { return nil }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return (parts[0], parts[1], value)
    }
}
