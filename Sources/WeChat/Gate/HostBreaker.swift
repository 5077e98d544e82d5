internal import EventLoop
internal import HTTP

/// Keeps calls from a WeChat that cannot be reached. Trips after consecutive exchanges without an answer, or with a
/// gateway's error for one; then one call a second tries, and all others wait without losing an attempt or time.
@EventLoopActor
final class HostBreaker {
    /// Consecutive failures, until the next success. Those of a run that trips the breaker are the outage's, and not the
    /// jobs'.
    final class FailureRun {
        fileprivate(set) var count = 0
        fileprivate(set) var isOutage = false
    }

    private let clock: any LoopClock
    private let events: @EventLoopActor (WeChatEvent) -> Void
    private let threshold: Int
    let turnstile: Turnstile
    private(set) var run = FailureRun()
    private var trippedAt: MonotonicTime?

    /// - Parameters:
    ///   - threshold: consecutive failures that trip it. At most as many as a job may try, so that an outage fails no job.
    ///   - onClose: called when WeChat can be reached again.
    init(
        clock: any LoopClock, threshold: Int, concurrency: Int, events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        onClose: @escaping @EventLoopActor () -> Void
    ) {
        self.clock = clock
        self.threshold = threshold
        self.events = events
        // Several, since a probe may hang for as long as a call may take.
        turnstile = Turnstile(clock: clock, rampEnd: concurrency, probes: (8, .seconds(1)), onOpen: onClose)
    }

    var isTripped: Bool { turnstile.isShut }

    func exchangeSucceeded() {
        if run.count > 0 { run = FailureRun() }
        guard let trippedAt else { return }
        self.trippedAt = nil
        events(.hostBack(after: clock.now - trippedAt))
        turnstile.open(ramped: true)
    }

    func exchangeFailed(_ reason: String) {
        run.count += 1
        guard run.count >= threshold, trippedAt == nil else { return }
        run.isOutage = true
        trippedAt = clock.now
        turnstile.shut(probeAfter: .milliseconds(200))
        events(.hostDown(reason: reason, failures: run.count))
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
        do {
            let response = try await transport.send(request, under: interruption)
            if (502...504).contains(response.status) {
                breaker.exchangeFailed("HTTP status \(response.status)")
            } else {
                breaker.exchangeSucceeded()
            }
            return response
        } catch {
            switch error {
            case .interrupted, .failed(.clientClosed): break
            // It was reached, and said something.
            case .failed(.malformedResponse), .failed(.bodyTooLarge): breaker.exchangeSucceeded()
            case .failed(let cause): breaker.exchangeFailed(cause.description)
            }
            throw error
        }
    }
}
