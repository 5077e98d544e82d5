extension SimulatorFlag {
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
