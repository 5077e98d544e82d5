internal import EventLoop

extension WeChatClient {
    /// WeChat as a whole can't be reached; jobs wait.
    package var isHostDown: Bool { breaker.isTripped }

    /// Calls of jobs under way.
    package var callsInFlight: Int { limit.inFlight }

    /// Jobs that have all they need for their call but a place among the calls.
    package var callsWaiting: Int { limit.waitingCount }

    /// - Parameter limit: how many are described one by one; those that are not cost next to nothing.
    package func accountsStatus(limit: Int) -> AccountsStatus {
        var status = AccountsStatus()
        var others: [Account] = []
        for account in accounts.unordered {
            let isUsable = isUsable(account)
            if account.gate.hold != nil {
                status.onHold += 1
            } else if isUsable {
                status.usable += 1
            } else {
                status.withoutToken += 1
            }
            status.isAnyUsable = status.isAnyUsable || isUsable
            if !isUsable, status.shown.count < limit {
                status.shown.append(describe(account))
            } else if others.count < limit {
                others.append(account)
            } else {
                status.notShown += 1
            }
        }
        let room = max(0, limit - status.shown.count)
        status.notShown += max(0, others.count - room)
        status.shown = (status.shown + others.prefix(room).map(describe)).sorted { $0.name < $1.name }
        addPlatforms(to: &status)
        return status
    }

    private func addPlatforms(to status: inout AccountsStatus) {
        let components = providers.components.values
        status.shown =
            components.map { component in
                AccountStatus(token: component.tokens.status, isComponent: true, isUsable: component.tokens.isUsable)
            }.sorted { $0.name < $1.name } + status.shown
        if components.contains(where: { $0.acceptsAnyAccount && $0.tokens.isUsable }) { status.isAnyUsable = true }
    }

    private func describe(_ account: Account) -> AccountStatus {
        AccountStatus(
            token: account.tokens.status,
            hold: account.gate.hold.map { hold in
                AccountStatus.Hold(
                    failure: hold.failure, since: clock.wallTime + (hold.since - clock.now), probeAt: hold.probeAt,
                    hasJobsWait: account.gate.isWaiting(for: hold))
            }, jobs: account.share?.held.jobs, isUsable: isUsable(account))
    }

    /// Calls can be made for it, as far as is known. A minute's quota that is used up says nothing against it: it is back with
    /// the next minute. Nor does it that nobody has wanted its token yet, where its platform can give one.
    private func isUsable(_ account: Account) -> Bool {
        if let hold = account.gate.hold, hold.failure.kind != .rateLimited { return false }
        return account.tokens.isUsable || account.tokens.isIdle && account.tokens.source?.isUsable == true
    }
}
