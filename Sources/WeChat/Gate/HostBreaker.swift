internal import EventLoop
internal import HTTP

/// Keeps calls from a WeChat that cannot be reached. Trips after consecutive exchanges without an answer, or with a
/// gateway's error for one; then one call a second tries, and all others wait without losing an attempt or time.
@EventLoopActor
final class HostBreaker {
    /// Consecutive failures that trip it.
    static let threshold = 10

    private let clock: any LoopClock
    private let events: @EventLoopActor (WeChatEvent) -> Void
    let turnstile: Turnstile
    private var failures = 0
    private var trippedAt: MonotonicTime?

    /// - Parameter onClose: called when WeChat can be reached again.
    init(
        clock: any LoopClock, concurrency: Int, events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        onClose: @escaping @EventLoopActor () -> Void
    ) {
        self.clock = clock
        self.events = events
        // Several, since a probe may hang for as long as a call may take.
        turnstile = Turnstile(clock: clock, rampEnd: concurrency, probes: (8, .seconds(1)), onOpen: onClose)
    }

    var isTripped: Bool { turnstile.isShut }

    func exchangeSucceeded() {
        failures = 0
        guard let trippedAt else { return }
        self.trippedAt = nil
        events(.hostBack(after: clock.now - trippedAt))
        turnstile.open(ramped: true)
    }

    func exchangeFailed(_ reason: String) {
        failures += 1
        guard failures >= Self.threshold, trippedAt == nil else { return }
        trippedAt = clock.now
        turnstile.shut(probeAfter: .milliseconds(200))
        events(.hostDown(reason: reason, failures: failures))
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
