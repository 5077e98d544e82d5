internal import EventLoop

/// Puts a token provider together as its account's mode wants it.
@EventLoopActor
struct TokenProviderMaker {
    let calls: TokenCalls
    /// Those of other services than WeChat.
    let otherCalls: TokenCalls
    let records: SharedRecords
    let clock: any LoopClock
    let random: LoopRandom
    let events: @EventLoopActor (WeChatEvent) -> Void
    let becameUsable: @EventLoopActor (String) -> Void

    /// - Parameters:
    ///   - components: by the lower case of their appids.
    ///   - isAlone: the worker has no other account, so that it must always be usable.
    func provider(
        _ account: String, _ credentials: AccountCredentials, components: [String: Component], isAlone: Bool
    ) -> TokenProvider {
        switch credentials.mode {
        case .stableToken(let secret):
            provider(
                account, StableTokenFetcher(account: account, secret: watched(secret, of: account), calls: calls),
                .handedOutAgain)
        case .token(let secret):
            provider(
                account,
                LegacyTokenFetcher(
                    account: account, secret: watched(secret, of: account), calls: calls, records: records),
                .everyFetchIsNew)
        case .external(let text):
            provider(
                account,
                ExternalTokenFetcher(
                    account: account, text: watched("the token of account \(account)", text), clock: clock),
                .handedOutAgain)
        case .externalURL(let url):
            provider(
                account, ExternalURLTokenFetcher(account: account, url: url, calls: otherCalls, clock: clock),
                .handedOutAgain)
        case .authorizer(let appID):
            if let component = components[appID.lowercased()] {
                authorizer(account, of: component, isAlone: isAlone)
            } else {
                preconditionFailure("account \(account) names component \(appID), which is not configured")
            }
        }
    }

    func authorizer(_ account: String, of component: Component, isAlone: Bool = false) -> TokenProvider {
        var policy = TokenRefreshPolicy.authorizer
        if isAlone { policy.onlyIfUsedWithin = nil }
        return provider(
            account,
            AuthorizerTokenFetcher(account: account, component: component, records: records, clock: clock), policy,
            from: component.tokens)
    }

    /// - Parameter becameUsable: called when the component has a token to call with.
    func component(
        _ appID: String, _ credentials: ComponentCredentials, becameUsable: @escaping @EventLoopActor () -> Void
    ) -> Component {
        let fetcher = ComponentTokenFetcher(
            component: appID, secret: watched("the secret of component \(appID)", credentials.secret), calls: calls,
            records: records)
        let tokens = TokenProvider(
            appID: appID, fetcher: fetcher, policy: .component, clock: clock, random: random, events: events,
            becameUsable: becameUsable)
        return Component(
            appID: appID, acceptsAnyAccount: credentials.acceptsAnyAccount, tokens: tokens,
            authorizers: AuthorizerList(component: appID, clock: clock, random: random, events: events), calls: calls)
    }

    private func watched(_ secret: @escaping SecretReader, of account: String) -> WatchedSecret {
        watched("the secret of account \(account)", secret)
    }

    private func watched(_ subject: String, _ source: @escaping SecretReader) -> WatchedSecret {
        WatchedSecret(subject, limit: calls.timeout, clock: clock, source)
    }

    private func provider(
        _ account: String, _ fetcher: any TokenFetcher, _ policy: TokenRefreshPolicy, from source: TokenProvider? = nil
    ) -> TokenProvider {
        TokenProvider(
            appID: account, source: source, fetcher: fetcher, policy: policy, clock: clock, random: random,
            events: events, becameUsable: { [becameUsable] in becameUsable(account) })
    }
}
