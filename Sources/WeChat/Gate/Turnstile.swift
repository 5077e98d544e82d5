internal import EventLoop

/// Lets calls through as they come while it is open. Shut, it lets a probe through from time to time, and has all others
/// wait in line. Opened with a ramp, it lets more and more through at once, so that what was waited for is not overrun.
@EventLoopActor
final class Turnstile {
    /// Permission to make one call. Handed back by `leave`.
    struct Pass: Equatable {
        let isProbe: Bool
        fileprivate let shutCount: Int
        fileprivate let phase: Int
    }

    private enum State { case open, shut, ramping }

    private final class Entry {
        let waiter = Waiter()
        var pass: Pass?
    }

    /// Calls at once with which a ramp begins, one more for each that succeeds.
    private static let firstOfRamp = 2

    private let clock: any LoopClock
    private let rampEnd: Int
    private let probes: (atOnce: Int, every: Duration?)
    private let onOpen: @EventLoopActor () -> Void

    private var state = State.open
    /// Tells passes from before the turnstile was last shut, and those of an earlier state.
    private var (shutCount, phase) = (0, 0)
    /// Calls that count: probes while shut, all while ramping.
    private var inFlight = 0
    private var allowed = 0
    private var probeAt = MonotonicTime(nanoseconds: 0)
    private var queue: [Entry] = []
    private var timer: LoopTimer?

    /// - Parameters:
    ///   - rampEnd: with so many calls at once a ramp is over.
    ///   - probes: how many at once, and after which time one more goes although none has come back; nil: never.
    ///   - onOpen: called when it was shut, and is not any more.
    init(
        clock: any LoopClock, rampEnd: Int, probes: (atOnce: Int, every: Duration?) = (1, nil),
        onOpen: @escaping @EventLoopActor () -> Void = {}
    ) {
        self.clock = clock
        self.rampEnd = rampEnd
        self.probes = probes
        self.onOpen = onOpen
    }

    var isShut: Bool { state == .shut }

    /// Who passed before it was shut should come back, and wait with the others.
    func isStale(_ pass: Pass) -> Bool { pass.shutCount != shutCount }

    /// The probe that is due would be let through at once.
    var wantsProbe: Bool { state == .shut && queue.isEmpty && isProbeDue }

    /// - Returns: nil where all that wait are sent back to ask again.
    func enter(_ context: CallContext) async throws(Interrupted) -> Pass? {
        if queue.isEmpty, let pass = grant() { return pass }
        let entry = Entry()
        queue.append(entry)
        setTimer()
        context.stopClock()
        defer { context.startClock() }
        do { try await entry.waiter.wait(.waits, under: context.interruption) } catch {
            queue.removeAll { $0 === entry }
            if let pass = entry.pass { leave(pass, succeeded: nil) }
            throw error
        }
        return entry.pass
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
        onOpen()
    }

    /// Has all that wait ask again.
    func sendBack() {
        let entries = queue
        queue = []
        for entry in entries { entry.waiter.resume() }
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
        case .open: break
        case .ramping:
            guard inFlight < allowed else { return nil }
            inFlight += 1
        case .shut:
            guard isProbeDue else { return nil }
            inFlight += 1
            probeAt = probes.every.map { clock.now + $0 } ?? MonotonicTime(nanoseconds: .max)
        }
        return Pass(isProbe: state == .shut, shutCount: shutCount, phase: phase)
    }

    private func admit() {
        var count = 0
        while count < queue.count, let pass = grant() {
            queue[count].pass = pass
            queue[count].waiter.resume()
            count += 1
        }
        queue.removeFirst(count)
        setTimer()
    }

    /// For the next probe, if anybody waits to make it.
    private func setTimer() {
        if let timer { clock.cancel(timer) }
        timer = nil
        guard state == .shut, !queue.isEmpty, probeAt.nanoseconds < .max, inFlight < probes.atOnce else { return }
        timer = clock.schedule(after: max(.zero, probeAt - clock.now)) { [weak self] in
            self?.timer = nil
            self?.admit()
        }
    }
}
