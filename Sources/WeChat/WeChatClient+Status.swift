internal import EventLoop

extension WeChatClient {
    /// WeChat as a whole can't be reached; jobs wait.
    package var isHostDown: Bool { breaker.isTripped }

    /// Calls of jobs under way.
    package var callsInFlight: Int { limit.inFlight }

    /// Jobs that have all they need for their call but a place among the calls.
    package var callsWaiting: Int { limit.waitingCount }

    /// - Parameter limit: how many are described one by one.
    package func accountsStatus(limit: Int) -> AccountsStatus {
        var status = AccountsStatus()
        var others: [AccountStatus] = []
        let platforms = providers.components.values.map { component in
            AccountStatus(token: component.tokens.status, isComponent: true, isUsable: component.tokens.isUsable)
        }
        let isAnyPlatformUsable = platforms.contains(where: \.isUsable)
        for account in accounts.unordered {
            let found = self.status(of: account, isAnyPlatformUsable)
            if found.hold != nil {
                status.onHold += 1
            } else if found.isUsable {
                status.usable += 1
            } else {
                status.withoutToken += 1
            }
            if !found.isUsable, status.shown.count < limit {
                status.shown.append(found)
            } else if others.count < limit {
                others.append(found)
            } else {
                status.notShown += 1
            }
        }
        status.acceptsAny = providers.components.values.contains { $0.acceptsAnyAccount && $0.tokens.isUsable }
        let room = max(0, limit - status.shown.count)
        status.notShown += max(0, others.count - room)
        status.shown = platforms + (status.shown + others.prefix(room)).sorted { $0.name < $1.name }
        return status
    }

    /// - Parameter isAnyPlatformUsable: tokens can be fetched that are fetched only when they are wanted: a merchant's.
    private func status(of account: Account, _ isAnyPlatformUsable: Bool) -> AccountStatus {
        let token = account.tokens.status
        return AccountStatus(
            token: token,
            hold: account.gate.hold.map { hold in
                AccountStatus.Hold(
                    failure: hold.failure, since: clock.wallTime + (hold.since - clock.now), probeAt: hold.probeAt,
                    hasJobsWait: account.gate.isWaiting(for: hold))
            }, jobs: account.share?.held.jobs,
            isUsable: account.gate.hold == nil && (token.isUsable || token.isIdle && isAnyPlatformUsable))
    }
}
