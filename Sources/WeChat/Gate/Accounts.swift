internal import EventLoop

/// All accounts, and whether the client wants more jobs of any of them.
@EventLoopActor
final class Accounts {
    private let clock: any LoopClock
    private let breaker: HostBreaker
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let onRoom: @EventLoopActor () -> Void
    /// While true no call begins, for a reason that is no account's.
    var areCallsHeld = false
    private var isClosed = false
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

    var unordered: some Collection<Account> { accounts.values }

    subscript(name: String) -> Account? { accounts[name] }

    func add(_ account: Account) {
        account.share = stuck.map { AccountShare(limit: $0.limit) }
        account.gate.onReleased = { [weak self, weak account] in
            if let self, let account { lookWhetherFreed(account) }
        }
        accounts[account.name] = account
    }

    /// - Returns: whether the account holds no job, and is gone.
    func removeIdle(_ name: String) -> Bool {
        if let share = accounts[name]?.share, share.held.jobs > 0 || share.mode != .room { return false }
        accounts[name] = nil
        return true
    }

    func close() {
        isClosed = true
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
        guard let stuck else { return nil }
        lookWhetherFreed(account)
        guard let share = account.share else { return nil }
        let isHeldUp = account.gate.isHeldUp
        // Where the gate answers, or needs a job to try with, none is held.
        if share.isStuck || isHeldUp, account.gate.hasJobsWait {
            let isRefused =
                account.gate.waitsForWeChat
                ? share.held.reaches(stuck.limit) : stuck.refusesMore(than: share.held)
            if isRefused { return refusal(of: account, share, stuck) }
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

    /// What held it up does not count any longer than it lasts.
    private func lookWhetherFreed(_ account: Account) {
        if account.share?.isHeldUp == true, !account.gate.isHeldUp { change(account) { $0.wasFreed() } }
    }

    private func refusal(of account: Account, _ share: AccountShare, _ stuck: StuckJobs) -> APIFailure {
        let (hold, jobs) = (account.gate.hold, share.held.jobs)
        let cause =
            hold.map { "which is on hold: \($0.failure.kind.rawValue)" }
            ?? (account.gate.isHeldUp ? "which may call no faster now" : "which is slow")
        let others = share.held.reaches(stuck.limit) ? "" : "; all such accounts hold \(stuck.held.jobs)"
        return refusal("\(jobs) jobs of \(account.name) are held already, \(cause)\(others)", until: hold?.probeAt)
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
        stuck?.held -= account.stuck
        account.stuck = share.isStuck && !account.gate.waitsForWeChat ? share.held : JobLoad()
        stuck?.held += account.stuck
        account.line.isLimited = share.mode == .refusing || share.mode == .full && !share.isQuick
        if share.mode != old.mode { modeChanged(of: account, from: old.mode, to: share.mode, share.held) }
        if mustTick(share) { tickInASecond() }
    }

    private func modeChanged(
        of account: Account, from old: AccountShare.Mode, to new: AccountShare.Mode, _ held: JobLoad
    ) {
        if new == .full { fullCount += 1 }
        if old == .full { fullCount -= 1 }
        if new == .refusing { events(.accountFull(account: account.name, held: held.jobs)) }
        if old == .refusing { events(.accountHasRoom(account: account.name)) }
        if old == .full, fullCount == 0 { onRoom() }
    }

    // MARK: Jobs of appids that nobody knows yet

    /// - Parameter isHeldUp: whether they are accounts can't be found out now.
    /// - Returns: why no more of them may be held.
    func strangerBegan(bytes: Int, isHeldUp: Bool) -> APIFailure? {
        if isHeldUp, stuck?.refusesMore(than: heldOfStrangers) == true {
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
        return share.mode != .room || share.isStuck || held.jobs > 0 && held.reaches(stuck.limit.half)
    }

    private func tickInASecond() {
        guard ticker == nil, !isClosed else { return }
        ticker = clock.schedule(after: .seconds(1)) { [weak self] in self?.tick() }
    }

    private func tick() {
        let usual = usualTime
        for account in accounts.values {
            let signs = AccountShare.Signs(
                isHeldUp: account.gate.isHeldUp, isExcused: breaker.isTripped || areCallsHeld,
                pace: account.line.pace, usual: usual)
            account.line.pace.age()
            change(account) { $0.tick(signs) }
        }
        ticker = nil
        if accounts.values.contains(where: { $0.share.map { mustTick($0) } ?? false }) { tickInASecond() }
    }

    /// What a call takes of an account that works: a quarter of the accounts are quicker. Not their mean, since several
    /// may be slow.
    private var usualTime: Duration? {
        let times = accounts.values.map(\.line.pace).filter { $0.calls >= 4 }.map { $0.time / $0.calls }.sorted()
        return times.count > 1 ? times[(times.count - 1) / 4] : nil
    }
}
