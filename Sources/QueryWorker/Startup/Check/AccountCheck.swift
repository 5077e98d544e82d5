package import EventLoop
internal import Kafka
internal import WeChat

/// Fetches each account's token once, and each component's, as `run` would, and tells how that went.
///
/// Nobody else loses theirs: a token that is valid is handed out again by WeChat, or taken from the credential store, and
/// what a refresh brings is left there. Only `/cgi-bin/token` would end the token that a worker uses: there the secret is
/// tried at `/cgi-bin/stable_token`, whose tokens have nothing to do with it.
@EventLoopActor
package final class AccountCheck {
    private let configuration: WorkerConfiguration
    private let kafka: WorkerKafkaProperties?
    private let clock: any LoopClock
    private var results: [String: Result<Duration, APIFailure>] = [:]
    private var attempts: [String: Int] = [:]
    private let ended = Waiter()

    /// What passes by itself, such as "system busy", is given another chance.
    private static let attemptsMax = 3

    /// - Parameter kafka: for `credentials.store=kafka`.
    package nonisolated init(
        configuration: WorkerConfiguration, kafka: WorkerKafkaProperties? = nil,
        clock: any LoopClock = SystemClock.shared
    ) {
        self.configuration = configuration
        self.kafka = kafka
        self.clock = clock
    }

    /// Called once. Uses the store that the worker would use, but leaves its inbox to the workers.
    package func run() async -> [CheckFinding] {
        if subjects.isEmpty { return [] }
        let access = kafka.map {
            KafkaCredentialStore.Access(
                properties: $0, groupID: configuration.kafka.groupID, instanceID: "check",
                credentials: KafkaCredentials(), logger: Logger(level: .error, format: .text))
        }
        let store = configuration.credentials.makeStore(takesIn: false, kafka: access, clock: clock) { _ in }
        var client = WeChatConfiguration(configuration)
        for (account, credentials) in client.accounts {
            if case .token(let secret) = credentials.mode {
                client.accounts[account]?.mode = .stableToken(secret: secret)
            }
        }
        return await run(
            WeChatClient(
                configuration: client, store: store, clock: clock, random: SystemRandomNumberGenerator(),
                events: { [weak self] event in self?.handle(event) }))
    }

    private func run(_ client: WeChatClient) async -> [CheckFinding] {
        client.startWithAllTokens()
        // An account of a platform takes three calls, one after the other.
        let calls = Self.attemptsMax + (configuration.components.isEmpty ? 0 : 2)
        let limit = configuration.api.tokenTimeout * calls + .seconds(5)
        let timer = clock.schedule(after: limit) { [ended] in ended.resume() }
        try? await ended.wait(.everything, under: nil)
        clock.cancel(timer)
        await client.settle()
        client.close()
        return subjects.map { finding(of: $0, limit) }
    }

    /// Whose tokens are fetched, and what they are called. A component comes before those that depend on it.
    private var subjects: [(name: String, appID: String)] {
        configuration.components.map { ("component \($0.appID)", $0.appID) }
            + configuration.accounts.map { ("account \($0.appID)", $0.appID) }
    }

    private func handle(_ event: WeChatEvent) {
        switch event {
        case .tokenFetched(let account, let lifetime, _): results[account] = .success(lifetime)
        case .tokenCallFailed(let account, let failure, _):
            results[account] = .failure(failure)
            attempts[account, default: 0] += 1
        default: return
        }
        if subjects.allSatisfy({ isSettled($0.appID) }) { ended.resume() }
    }

    private func isSettled(_ account: String) -> Bool {
        switch results[account] {
        case nil: false
        case .success: true
        case .failure(let failure): failure.disposition != .retry || attempts[account, default: 0] >= Self.attemptsMax
        }
    }

    private func finding(of subject: (name: String, appID: String), _ limit: Duration) -> CheckFinding {
        switch results[subject.appID] {
        case nil:
            return CheckFinding(
                .failed(.fatal), subject.name, "no answer from WeChat within \(formatDuration(limit))",
                remedy: "check api.base.url, api.proxy and the network")
        case .success(let lifetime):
            let seconds = lifetime.wholeMilliseconds / 1000
            return CheckFinding(
                .ok, subject.name, "token valid for \(seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min")")
        case .failure(let failure):
            let code = failure.errcode.map { " (errcode \($0))" } ?? ""
            return CheckFinding(
                .failed(failure.tokenCause), subject.name,
                "no token: \(failure.kind.rawValue)\(code): \(failure.message)",
                remedy: failure.tokenRemedy(keys(of: subject)))
        }
    }

    /// The keys by which an account, or the component that it depends on, proves who it is.
    private func keys(of subject: (name: String, appID: String)) -> String {
        guard let account = configuration.accounts.first(where: { $0.appID == subject.appID }) else {
            return "component.\(subject.appID).secret or component.\(subject.appID).secret.file"
        }
        return switch account.access {
        case .stableToken, .token: "account.\(account.appID).secret or account.\(account.appID).secret.file"
        case .external: "account.\(account.appID).token or account.\(account.appID).token.file"
        case .externalURL: "account.\(account.appID).token.url"
        case .authorizer(let component): "component.\(component).secret or component.\(component).secret.file"
        }
    }
}
