internal import EventLoop
internal import HTTP

/// Keeps calls from a WeChat that cannot be reached. Trips after consecutive exchanges without an answer, or with a
/// gateway's error for one; then one call a second tries, and all others wait without losing an attempt or time.
@EventLoopActor
final class HostBreaker {
    /// An exchange that failed; whether by an outage is known when the breaker trips.
    final class Failure {
        let at: MonotonicTime
        fileprivate(set) var isOutage = false

        fileprivate init(at: MonotonicTime) { self.at = at }
    }

    /// How long before the breaker trips a failure is taken for the outage's beginning. Then answers to earlier calls still
    /// come in between, and a job that is alone tries five times.
    private static let onset = Duration.seconds(10)
    private static let recentMax = 1024

    /// Consecutive failures that trip it, unless jobs may try fewer times.
    static let threshold = 5

    private let clock: any LoopClock
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let threshold: Int
    let turnstile: Turnstile
    /// Called when WeChat can be reached again.
    var onClose: (@EventLoopActor () -> Void)?
    private var failuresInARow = 0
    private var lastSuccess: MonotonicTime?
    private var recent: [Failure] = []
    private var outage: Outage?
    /// Outages that are over. What began before the last one ended tells nothing about the time after it.
    private(set) var outagesOver = 0

    private struct Outage {
        let began: MonotonicTime
        let reason: String
    }

    /// - Parameters:
    ///   - threshold: consecutive failures that trip it. At most as many as a job may try, so that an outage fails no job.
    ///   - onWanted: called when jobs are wanted again, at the end of an outage or for a probe.
    init(
        clock: any LoopClock, threshold: Int = HostBreaker.threshold, concurrency: Int,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        onWanted: @escaping @EventLoopActor () -> Void
    ) {
        self.clock = clock
        self.threshold = threshold
        self.events = events
        // Several, since a probe may hang for as long as a call may take.
        turnstile = Turnstile(clock: clock, rampEnd: concurrency, probes: (8, .seconds(1)), onWanted: onWanted)
    }

    var isTripped: Bool { turnstile.isShut }

    var now: MonotonicTime { clock.now }

    /// More jobs would not only wait. One is wanted to make a probe if no other waits for that.
    var wantsJobs: Bool { !isTripped || turnstile.wantsProbe }

    /// What a job has waited for whose time ends in an outage.
    var failure: APIFailure? {
        outage.map {
            APIFailure(kind: .transport, message: "WeChat cannot be reached: \($0.reason)", retryable: true)
        }
    }

    func exchangeSucceeded() {
        failuresInARow = 0
        lastSuccess = clock.now
        guard let outage else { return }
        self.outage = nil
        outagesOver += 1
        events(.hostBack(after: clock.now - outage.began))
        turnstile.open(ramped: true)
        onClose?()
    }

    /// - Parameters:
    ///   - outagesOver: as it was when the exchange began.
    ///   - begun: when that was, for one that was waited for in vain. If others have been answered since, it was slow, and
    ///     WeChat is there.
    func exchangeFailed(_ reason: String, begunAfter outagesOver: Int, hungSince begun: MonotonicTime? = nil) {
        guard outagesOver == self.outagesOver else { return }
        let isSlow = if let begun, let lastSuccess { begun < lastSuccess } else { false }
        if !isSlow { failuresInARow += 1 }
        guard outage == nil else { return }
        remember(Failure(at: clock.now))
        guard failuresInARow >= threshold else { return }
        for failure in recent { failure.isOutage = true }
        recent = []
        outage = Outage(began: clock.now, reason: reason)
        turnstile.shut(probeAfter: .milliseconds(200))
        events(.hostDown(reason: reason, failures: failuresInARow))
    }

    /// The last exchange that failed, if that was of late.
    var lastFailure: Failure? { recent.last }

    private func remember(_ failure: Failure) {
        recent.append(failure)
        let old = recent.prefix { failure.at - $0.at > Self.onset }.count
        recent.removeFirst(max(old, recent.count - Self.recentMax))
    }
}

/// A transport that tells the breaker how every exchange ended, those for tokens included.
@EventLoopActor
struct WatchedTransport: Transport {
    let transport: any Transport
    let breaker: HostBreaker

    func send(
        _ request: HTTPRequest, under interruption: Interruption?
    ) async throws(HTTPClientFailure) -> HTTPResponse {
        let (outagesOver, begun) = (breaker.outagesOver, breaker.now)
        do {
            let response = try await transport.send(request, under: interruption)
            if (502...504).contains(response.status) {
                breaker.exchangeFailed("HTTP status \(response.status)", begunAfter: outagesOver)
            } else {
                breaker.exchangeSucceeded()
            }
            return response
        } catch {
            switch error {
            case .interrupted, .failed(.clientClosed): break
            // It was reached, and said something.
            case .failed(.malformedResponse), .failed(.bodyTooLarge): breaker.exchangeSucceeded()
            case .failed(let cause):
                let hungSince: MonotonicTime? = if case .timedOut(.total) = cause { begun } else { nil }
                breaker.exchangeFailed(cause.description, begunAfter: outagesOver, hungSince: hungSince)
            }
            throw error
        }
    }
}
