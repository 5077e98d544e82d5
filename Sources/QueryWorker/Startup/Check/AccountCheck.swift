package import EventLoop
internal import WeChat

/// Fetches each account's token once, as `run` would, and tells how that went. A token that is valid is handed out
/// again by WeChat, so nobody else loses theirs.
@EventLoopActor
package final class AccountCheck {
    private let configuration: WorkerConfiguration
    private let clock: any LoopClock
    private var results: [String: Result<Duration, APIFailure>] = [:]
    private var attempts: [String: Int] = [:]
    private let ended = Waiter()

    /// What passes by itself, such as "system busy", is given another chance.
    private static let attemptsMax = 3

    package nonisolated init(configuration: WorkerConfiguration, clock: any LoopClock = SystemClock.shared) {
        self.configuration = configuration
        self.clock = clock
    }

    /// Called once.
    package func run() async -> [CheckFinding] {
        let client = WeChatClient(
            configuration: WeChatConfiguration(configuration), clock: clock, random: SystemRandomNumberGenerator(),
            events: { [weak self] event in self?.handle(event) })
        client.start()
        let limit = configuration.api.timeout * Self.attemptsMax + .seconds(5)
        let timer = clock.schedule(after: limit) { [ended] in ended.resume() }
        try? await ended.wait(.everything, under: nil)
        clock.cancel(timer)
        client.close()
        return configuration.accounts.map { finding(of: $0, limit) }
    }

    private func handle(_ event: WeChatEvent) {
        switch event {
        case .tokenFetched(let account, let lifetime, _): results[account] = .success(lifetime)
        case .tokenCallFailed(let account, let failure, _):
            results[account] = .failure(failure)
            attempts[account, default: 0] += 1
        default: return
        }
        if configuration.accounts.allSatisfy({ isSettled($0.appID) }) { ended.resume() }
    }

    private func isSettled(_ account: String) -> Bool {
        switch results[account] {
        case nil: false
        case .success: true
        case .failure(let failure): failure.disposition != .retry || attempts[account, default: 0] >= Self.attemptsMax
        }
    }

    private func finding(of account: AccountConfiguration, _ limit: Duration) -> CheckFinding {
        let subject = "account \(account.appID)"
        switch results[account.appID] {
        case nil:
            return CheckFinding(
                .failed(.fatal), subject, "no answer from WeChat within \(formatDuration(limit))",
                remedy: "check api.base.url, api.proxy and the network")
        case .success(let lifetime):
            let seconds = lifetime.wholeMilliseconds / 1000
            return CheckFinding(
                .ok, subject, "token valid for \(seconds < 120 ? "\(seconds) s" : "\(seconds / 60) min")")
        case .failure(let failure):
            let code = failure.errcode.map { " (errcode \($0))" } ?? ""
            return CheckFinding(
                .failed(failure.tokenCause), subject, "no token: \(failure.kind.rawValue)\(code): \(failure.message)",
                remedy: failure.tokenRemedy(account.appID))
        }
    }
}
