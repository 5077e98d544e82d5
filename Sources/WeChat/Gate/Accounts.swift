internal import EventLoop

/// All accounts, and whether the client wants more jobs of any of them.
@EventLoopActor
final class Accounts {
    private let clock: any LoopClock
    private let breaker: HostBreaker
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let onRoom: @EventLoopActor () -> Void
    private var accounts: [String: Account] = [:]
    /// nil: the worker has one account only.
    private var stuck: StuckJobs?
    /// What all accounts hold.
    private var held = JobLoad()
    /// What jobs of appids hold of which nobody knows yet whether they are accounts; see `AuthorizedAccounts`.
    private var heldOfStrangers = JobLoad()
    /// Accounts that are at their limit; see `AccountShare`.
    private var fullCount = 0
    private var ticker: LoopTimer?
    /// More accounts are added when jobs name them, so that one is never the only one.
    private let acceptsAnyAccount: Bool

    /// - Parameters:
    ///   - stuck: where there may be several accounts.
    ///   - onRoom: called when no account is full any more.
    init(
        stuck: StuckJobs?, acceptsAnyAccount: Bool = false, clock: any LoopClock, breaker: HostBreaker,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void, onRoom: @escaping @EventLoopActor () -> Void
    ) {
        self.stuck = stuck
        self.acceptsAnyAccount = acceptsAnyAccount
        self.clock = clock
        self.breaker = breaker
        self.events = events
        self.onRoom = onRoom
    }

    var all: [Account] { accounts.values.sorted { $0.name < $1.name } }

    subscript(name: String) -> Account? { accounts[name] }

    func add(_ account: Account) {
        account.share = stuck.map { AccountShare(limit: $0.limit) }
        accounts[account.name] = account
    }

    /// - Returns: whether the account holds no job, and is gone.
    func removeIdle(_ name: String) -> Bool {
        if let share = accounts[name]?.share, share.held.jobs > 0 || share.mode != .room { return false }
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
        return acceptsAnyAccount || accounts.count > 1 || accounts.first?.value.gate.wantsJobs ?? true
    }

    // MARK: Shares

    /// - Returns: why the account may hold no more jobs; nil if it may, and holds this one until `jobEnded`.
    func jobBegan(of account: Account, bytes: Int) -> APIFailure? {
        guard let share = account.share, let stuck else { return nil }
        let isHeldUp = account.gate.isHeldUp
        if share.isStuck || isHeldUp, stuck.refusesMore(than: share.held, at: clock.now) {
            change(account) { $0.jobRefused(isHeldUp: isHeldUp) }
            return refusal(of: account, share.held)
        }
        held += JobLoad(jobs: 1, bytes: bytes)
        change(account) { $0.jobBegan(bytes: bytes, isHeldUp: isHeldUp) }
        return nil
    }

    func jobEnded(of account: Account, bytes: Int) {
        guard account.share != nil else { return }
        held -= JobLoad(jobs: 1, bytes: bytes)
        change(account) { $0.jobEnded(bytes: bytes) }
    }

    private func refusal(of account: Account, _ held: JobLoad) -> APIFailure {
        let cause =
            account.gate.hold.map { ", which is on hold: \($0.failure.kind.rawValue)" }
            ?? (account.gate.isHeldUp ? ", which has reached its rate" : ", which is slow")
        return refusal(
            "\(held.jobs) jobs of \(account.name) are held already\(cause)", until: account.gate.hold?.probeAt)
    }

    private func refusal(_ reason: String, until time: WallTime?) -> APIFailure {
        let soonest = clock.wallTime + .seconds(10)
        return APIFailure(
            kind: .rateLimited, message: "account.in.flight.max: \(reason)", retryable: true,
            retryAt: max(soonest, time ?? soonest))
    }

    private func change(_ account: Account, _ body: (inout AccountShare) -> Void) {
        guard let old = account.share else { return }
        var share = old
        body(&share)
        account.share = share
        if old.isStuck { stuck?.held -= old.held }
        if share.isStuck { stuck?.held += share.held }
        if share.mode != old.mode { modeChanged(of: account, from: old.mode, to: share.mode, share.held) }
        if mustTick(share) { tickInASecond() }
    }

    private func modeChanged(
        of account: Account, from old: AccountShare.Mode, to new: AccountShare.Mode, _ held: JobLoad
    ) {
        account.line.isLimited = new != .room
        if new == .full { fullCount += 1 }
        if old == .full { fullCount -= 1 }
        if new == .slow { events(.accountSlow(account: account.name, held: held.jobs)) }
        if old == .slow { events(.accountQuick(account: account.name)) }
        if old == .full, fullCount == 0 { onRoom() }
    }

    // MARK: Jobs of appids that are not known yet

    /// - Parameter isHeldUp: it can't be found out now.
    /// - Returns: why no more of them may be held.
    func strangerBegan(bytes: Int, isHeldUp: Bool) -> APIFailure? {
        if let stuck, isHeldUp, stuck.refusesMore(than: heldOfStrangers, at: clock.now) {
            return refusal(
                "\(heldOfStrangers.jobs) jobs are held already of accounts that nobody can tell about now", until: nil)
        }
        let load = JobLoad(jobs: 1, bytes: bytes)
        heldOfStrangers += load
        stuck?.held += load
        return nil
    }

    func strangerEnded(bytes: Int) {
        let load = JobLoad(jobs: 1, bytes: bytes)
        heldOfStrangers -= load
        stuck?.held -= load
    }

    // MARK: Looking once a second

    private func mustTick(_ share: AccountShare) -> Bool {
        guard let stuck else { return false }
        return share.mode != .room || share.isStuck || held.reaches(stuck.limit / 2)
    }

    private func tickInASecond() {
        guard ticker == nil else { return }
        for account in accounts.values {
            account.line.pace = CallPace()
            account.share?.ticksBegin()
        }
        scheduleTick()
    }

    private func scheduleTick() {
        ticker = clock.schedule(after: .seconds(1)) { [weak self] in self?.tick() }
    }

    private func tick() {
        var all = CallPace()
        for account in accounts.values { all += account.line.pace }
        for account in accounts.values {
            let signs = AccountShare.Signs(
                isHeldUp: account.gate.isHeldUp, isHostDown: breaker.isTripped, pace: account.line.pace,
                paceOfOthers: all - account.line.pace)
            account.line.pace = CallPace()
            var ended = 0
            change(account) { ended = $0.tick(signs) }
            if ended > 0, account.share?.isStuck == false { stuck?.othersMovedAt = clock.now }
        }
        ticker = nil
        if accounts.values.contains(where: { $0.share.map { mustTick($0) } ?? false }) { scheduleTick() }
    }
}
