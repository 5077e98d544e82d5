internal import EventLoop

/// All accounts, and whether the client wants more jobs of any of them.
@EventLoopActor
final class Accounts {
    private let clock: any LoopClock
    private let breaker: HostBreaker
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let onRoom: @EventLoopActor () -> Void
    private var accounts: [String: Account] = [:]
    /// Accounts that are at their limit; see `AccountShare`.
    private var fullCount = 0
    private var ticker: LoopTimer?
    /// More accounts are added when jobs name them, so that one is never the only one.
    var takesOthers = false

    /// - Parameter onRoom: called when no account is full any more.
    init(
        clock: any LoopClock, breaker: HostBreaker, events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        onRoom: @escaping @EventLoopActor () -> Void
    ) {
        self.clock = clock
        self.breaker = breaker
        self.events = events
        self.onRoom = onRoom
    }

    var all: [Account] { accounts.values.sorted { $0.name < $1.name } }

    subscript(name: String) -> Account? { accounts[name] }

    func add(_ account: Account) { accounts[account.name] = account }

    /// - Returns: whether the account holds no job, and is gone.
    func removeIdle(_ name: String) -> Bool {
        if let share = accounts[name]?.share, share.held > 0 || share.mode != .room { return false }
        accounts[name] = nil
        return true
    }

    func close() {
        if let ticker { clock.cancel(ticker) }
        ticker = nil
    }

    /// A job of a full account would wait for long; or those of the only account do.
    var wantJobs: Bool {
        if fullCount > 0 { return false }
        return takesOthers || accounts.count > 1 || accounts.first?.value.gate.wantsJobs ?? true
    }

    // MARK: Shares

    /// - Returns: why the account may hold no more jobs; nil if it may, and holds this one until `jobEnded`.
    func jobBegan(of account: Account) -> APIFailure? {
        guard let share = account.share else { return nil }
        if share.refuses { return refusal(of: account, share) }
        account.share?.jobBegan(isOnHold: account.gate.hold != nil)
        modeChanged(of: account, from: share.mode)
        return nil
    }

    func jobEnded(of account: Account) {
        guard let share = account.share else { return }
        account.share?.jobEnded()
        modeChanged(of: account, from: share.mode)
    }

    private func refusal(of account: Account, _ share: AccountShare) -> APIFailure {
        let cause = account.gate.hold.map { ", which is on hold: \($0.failure.kind.rawValue)" } ?? ", which is slow"
        let retryAt = max(clock.wallTime + .seconds(10), account.gate.hold?.probeAt ?? clock.wallTime)
        return APIFailure(
            kind: .rateLimited,
            message: "account.in.flight.max: \(share.held) jobs of \(account.name) are held already\(cause)",
            retryable: true, retryAt: retryAt)
    }

    private func modeChanged(of account: Account, from old: AccountShare.Mode) {
        guard let share = account.share, share.mode != old else { return }
        account.line.isLimited = share.mode != .room
        if share.mode == .full { fullCount += 1 }
        if old == .full { fullCount -= 1 }
        if share.mode == .slow { events(.accountSlow(account: account.name, held: share.held)) }
        if old == .slow { events(.accountQuick(account: account.name)) }
        if share.mode != .room { tickInASecond() }
        if old == .full, fullCount == 0 { onRoom() }
    }

    private func tickInASecond() {
        guard ticker == nil else { return }
        ticker = clock.schedule(after: .seconds(1)) { [weak self] in
            guard let self else { return }
            ticker = nil
            tick()
        }
    }

    private func tick() {
        for account in accounts.values {
            guard let share = account.share else { continue }
            account.share?.tick(isOnHold: account.gate.hold != nil, isHostDown: breaker.isTripped)
            modeChanged(of: account, from: share.mode)
        }
        if accounts.values.contains(where: { $0.share?.mode != .room }) { tickInASecond() }
    }
}
