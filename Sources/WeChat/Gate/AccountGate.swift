internal import EventLoop

/// Keeps an account's jobs from calling while calls are known to fail, or would come too fast.
///
/// A hold begins with a failure that is the account's fault, or its token's. From time to time a call tries whether it
/// is over; a token that could not be had ends it by arriving. Meanwhile jobs wait here, or are answered, as the policy
/// says.
@EventLoopActor
final class AccountGate {
    /// Why the account's calls fail.
    struct Hold: Equatable {
        var failure: APIFailure
        let since: MonotonicTime
        var probeAt: WallTime
    }

    /// A job that begins a hold again, after others have ended the last ones, is at fault itself.
    private static let holdsOfAJob = 3

    enum FailureAction {
        /// Comes back through the gate, as if the call had not been made.
        case again
        case answer(APIFailure)
    }

    private let account: String
    private let policy: HoldPolicy
    private let clock: any LoopClock
    private let random: LoopRandom
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let turnstile: Turnstile
    private(set) var hold: Hold?
    /// Called at the end of each hold.
    var onReleased: @EventLoopActor () -> Void = {}

    /// - Parameter onWanted: called when jobs are wanted again, at the end of a hold or for a probe.
    init(
        account: String, policy: HoldPolicy, rate: CallRate?, concurrency: Int, clock: any LoopClock,
        random: LoopRandom, events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        onWanted: @escaping @EventLoopActor () -> Void
    ) {
        self.account = account
        self.policy = policy
        self.clock = clock
        self.random = random
        self.events = events
        turnstile = Turnstile(clock: clock, rampEnd: concurrency, rate: rate, onWanted: onWanted)
    }

    /// More jobs would not only wait. One is wanted to make a probe if no other waits for that.
    var wantsJobs: Bool {
        guard let hold else { return true }
        return !policy.hasJobsWait(hold.failure) || turnstile.wantsProbe
    }

    /// It is on hold, or its jobs wait here for a ramp or for its rate.
    var isHeldUp: Bool { hold != nil || turnstile.isWaitedAt }

    /// No token can be had, for no fault of the account's: others wait for the same, and nothing is gained by refusing jobs.
    var waitsForWeChat: Bool {
        switch hold?.failure.kind {
        case .busy, .timeout, .transport, .protocolError: true
        default: false
        }
    }

    /// A job that comes now waits, unless it is answered at once or tries whether a hold is over.
    var hasJobsWait: Bool { hold.map { policy.hasJobsWait($0.failure) && !turnstile.wantsProbe } ?? true }

    /// Its jobs wait until the hold is over; else they are answered.
    func isWaiting(for hold: Hold) -> Bool { policy.hasJobsWait(hold.failure) }

    func setRate(_ rate: CallRate?) { turnstile.setRate(rate) }

    func isStale(_ pass: Turnstile.Pass) -> Bool { turnstile.isStale(pass) }

    /// - Returns: nil if the call would have to wait, or be answered.
    func enterAtOnce() -> Turnstile.Pass? { hold == nil ? turnstile.enterAtOnce() : nil }

    /// Waits until the account may make one more call.
    /// - Throws: the fault, where the jobs of an account on hold are answered.
    func enter(_ context: CallContext) async throws(APIError) -> Turnstile.Pass {
        while true {
            if let hold, !policy.hasJobsWait(hold.failure), !turnstile.wantsProbe { throw .failed(answer(to: hold)) }
            do {
                if let pass = try await turnstile.enter(context) { return pass }
            } catch {
                if let hold { context.lastFailure = hold.failure }
                throw APIError(error, during: context)
            }
        }
    }

    /// What a job gets that does not wait. The hold's own `rid` names another job's call.
    private func answer(to hold: Hold) -> APIFailure {
        var failure = hold.failure
        failure.rid = nil
        failure.retryAfter = nil
        failure.retryAt = policy.retryTime(after: failure, probeAt: hold.probeAt, at: clock.wallTime)
        return failure
    }

    // MARK: How calls end

    /// The account answered as one that works, whatever it said of the job.
    func succeeded(_ pass: Turnstile.Pass) {
        if pass.isProbe, !turnstile.isStale(pass) { endHold() }
        turnstile.leave(pass, succeeded: true)
    }

    /// The call was not made, or says nothing of the account.
    func left(_ pass: Turnstile.Pass) { turnstile.leave(pass, succeeded: nil) }

    /// The answer says nothing of the account: busy, or not to be understood. A probe is made again in a second.
    func wasInconclusive(_ pass: Turnstile.Pass) {
        if pass.isProbe, !turnstile.isStale(pass) { turnstile.postponeProbe(by: .seconds(1)) }
        turnstile.leave(pass, succeeded: false)
    }

    /// The account is at fault. Failures of calls that began before the last hold are late, and begin no new one.
    func failed(_ pass: Turnstile.Pass, _ failure: APIFailure, of context: CallContext) -> FailureAction {
        let isLate = turnstile.isStale(pass)
        if !isLate, hold == nil, !failure.concernsToken, !failure.isOfQuotas {
            guard context.holdsBegun < Self.holdsOfAJob else {
                succeeded(pass)
                return .answer(failure)
            }
            context.holdsBegun += 1
        }
        if !isLate { beginHold(failure) }
        turnstile.leave(pass, succeeded: false)
        if policy.hasJobsWait(failure) || isLate { return .again }
        var failure = failure
        failure.retryAt = hold.map { policy.retryTime(after: failure, probeAt: $0.probeAt, at: clock.wallTime) }
        return .answer(failure)
    }

    private func beginHold(_ failure: APIFailure) {
        let delay = policy.probeDelay(after: failure, at: clock.wallTime, fraction: random.fraction())
        let isNew = hold?.failure.kind != failure.kind || hold?.failure.errcode != failure.errcode
        hold = Hold(failure: failure, since: hold?.since ?? clock.now, probeAt: clock.wallTime + delay)
        if turnstile.isShut { turnstile.postponeProbe(by: delay) } else { turnstile.shut(probeAfter: delay) }
        // Who waits for one fault may be answered for another.
        if !policy.hasJobsWait(failure) { turnstile.sendBack() }
        if isNew {
            events(
                .accountHeld(
                    account: account, failure: failure, waits: policy.hasJobsWait(failure), probeAfter: delay))
        }
    }

    private func endHold() {
        guard let hold else { return }
        self.hold = nil
        events(.accountReleased(account: account, kind: hold.failure.kind, after: clock.now - hold.since))
        turnstile.open(ramped: hold.failure.kind == .rateLimited)
        onReleased()
    }

    /// The token that could not be had is there.
    func tokenArrived() {
        if let hold, hold.failure.concernsToken { endHold() }
    }
}

extension APIFailure {
    /// Meets whoever comes at the wrong time, so that it says nothing of the job.
    fileprivate var isOfQuotas: Bool { self.kind == .rateLimited || self.kind == .quotaExhausted || self.kind == .busy }
}
