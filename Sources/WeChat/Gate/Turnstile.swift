internal import EventLoop

/// Lets calls through as they come while it is open. Shut, it lets a probe through from time to time, and has all others
/// wait, those of one account in line, the accounts in turn. Opened with a ramp, it lets more and more through at once, so that what was waited for is not overrun.
/// Nobody passes faster than its rate allows, except probes.
@EventLoopActor
final class Turnstile {
    /// Permission to make one call. Handed back by `leave`.
    struct Pass: Equatable {
        let isProbe: Bool
        fileprivate let shutCount: Int
        fileprivate let phase: Int
    }

    private enum State { case open, shut, ramping }

    /// Calls at once with which a ramp begins, one more for each that succeeds.
    private static let firstOfRamp = 2

    private let clock: any LoopClock
    private let rampEnd: Int
    private let probes: (atOnce: Int, every: Duration?)
    private let onWanted: @EventLoopActor () -> Void
    private var bucket: RateBucket?

    private var state = State.open
    /// Tells passes from before the turnstile was last shut, and those of an earlier state.
    private var (shutCount, phase) = (0, 0)
    /// Calls that count: probes while shut, all while ramping.
    private var inFlight = 0
    private var allowed = 0
    private var probeAt = MonotonicTime(nanoseconds: 0)
    private var queue = FairQueue<Pass>()
    private var timer: LoopTimer?

    /// - Parameters:
    ///   - rampEnd: with so many calls at once a ramp is over.
    ///   - probes: how many at once, and after which time one more goes although none has come back; nil: never.
    ///   - onWanted: called when calls are wanted again: it was shut, and is not any more, or nobody waits to make the
    ///     probe that is due.
    init(
        clock: any LoopClock, rampEnd: Int, probes: (atOnce: Int, every: Duration?) = (1, nil), rate: CallRate? = nil,
        onWanted: @escaping @EventLoopActor () -> Void = {}
    ) {
        self.clock = clock
        self.rampEnd = rampEnd
        self.probes = probes
        self.onWanted = onWanted
        bucket = rate.map { RateBucket($0) }
    }

    /// From now on, for those that wait too; what passed before does not count against it.
    func setRate(_ rate: CallRate?) {
        bucket = rate.map { RateBucket($0) }
        admit()
    }

    var isShut: Bool { state == .shut }

    /// Somebody waits, for a probe, a ramp or the rate.
    var isWaitedAt: Bool { !queue.isEmpty }

    /// Who passed before it was shut should come back, and wait with the others.
    func isStale(_ pass: Pass) -> Bool { pass.shutCount != shutCount }

    /// A probe is due, and nobody waits to make it: whoever comes next passes at once.
    var wantsProbe: Bool { state == .shut && queue.isEmpty && isProbeDue }

    /// - Returns: nil if the call would have to wait.
    func enterAtOnce() -> Pass? { queue.isEmpty ? grant() : nil }

    /// - Parameter line: the account's, where several come here.
    /// - Returns: nil where all that wait are sent back to ask again.
    func enter(_ context: CallContext, in line: CallLine? = nil) async throws(Interrupted) -> Pass? {
        if let pass = enterAtOnce() { return pass }
        let entry = WaitEntry<Pass>()
        let line = line.map { ObjectIdentifier($0) } ?? ObjectIdentifier(self)
        queue.append(entry, in: line)
        setTimer()
        context.stopClock()
        defer { context.startClock() }
        do { try await entry.waiter.wait(.waits, under: context.interruption) } catch {
            queue.leave(entry, in: line)
            if let pass = entry.grant { leave(pass, succeeded: nil) }
            throw error
        }
        return entry.grant
    }

    /// - Parameter succeeded: nil where the call was not made, or says nothing.
    func leave(_ pass: Pass, succeeded: Bool?) {
        guard state != .open, pass.phase == phase else { return }
        inFlight -= 1
        if pass.isProbe, succeeded == nil { probeAt = clock.now }
        if state == .ramping, succeeded == true {
            allowed += 1
            if allowed >= rampEnd { state = .open }
        }
        admit()
        if wantsProbe { onWanted() }
    }

    /// - Parameter delay: until the first probe.
    func shut(probeAfter delay: Duration) {
        change(to: .shut)
        shutCount += 1
        probeAt = clock.now + delay
        setTimer()
    }

    /// A probe has failed: the next one comes after `delay`.
    func postponeProbe(by delay: Duration) {
        guard state == .shut else { return }
        probeAt = clock.now + delay
        setTimer()
    }

    func open(ramped: Bool) {
        guard state == .shut else { return }
        change(to: ramped ? .ramping : .open)
        allowed = Self.firstOfRamp
        admit()
        onWanted()
    }

    /// Has all that wait ask again.
    func sendBack() {
        for entry in queue.takeAll() { entry.waiter.resume() }
        setTimer()
    }

    private func change(to state: State) {
        self.state = state
        phase += 1
        inFlight = 0
    }

    private var isProbeDue: Bool { clock.now >= probeAt && inFlight < probes.atOnce }

    private func grant() -> Pass? {
        switch state {
        case .open: guard isWithinRate else { return nil }
        case .ramping:
            guard inFlight < allowed, isWithinRate else { return nil }
            inFlight += 1
        case .shut:
            guard isProbeDue else { return nil }
            inFlight += 1
            probeAt = probes.every.map { clock.now + $0 } ?? MonotonicTime(nanoseconds: .max)
        }
        bucket?.take(at: clock.now)
        return Pass(isProbe: state == .shut, shutCount: shutCount, phase: phase)
    }

    private var isWithinRate: Bool { bucket.map { $0.wait(at: clock.now) == .zero } ?? true }

    private func admit() {
        while !queue.isEmpty, let pass = grant(), let entry = queue.takeFirst() {
            entry.grant = pass
            entry.waiter.resume()
        }
        setTimer()
    }

    /// For the next probe, or the next call within the rate.
    private func setTimer() {
        if let timer { clock.cancel(timer) }
        timer = nil
        guard let delay = delayOfNext else { return }
        timer = clock.schedule(after: delay) { [weak self] in
            guard let self else { return }
            timer = nil
            admit()
            if wantsProbe { onWanted() }
        }
    }

    /// nil where it is somebody's coming or leaving that lets the next one through.
    private var delayOfNext: Duration? {
        switch state {
        case .open: queue.isEmpty ? nil : bucket?.wait(at: clock.now)
        case .ramping: queue.isEmpty || inFlight >= allowed ? nil : bucket?.wait(at: clock.now)
        // Also where nobody waits, so that a job is asked for when it is due.
        case .shut:
            inFlight >= probes.atOnce || probeAt.nanoseconds == .max || wantsProbe
                ? nil : max(.zero, probeAt - clock.now)
        }
    }
}
