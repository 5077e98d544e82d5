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
    /// Called when WeChat can be reached again.
    var onClose: (@EventLoopActor () -> Void)?
    private var failures = 0
    private var outage: Outage?
    /// Outages that are over. What began before the last one ended tells nothing about the time after it.
    private(set) var outagesOver = 0

    private struct Outage {
        let began: MonotonicTime
        let reason: String
    }

    /// - Parameter onWanted: called when jobs are wanted again, at the end of an outage or for a probe.
    init(
        clock: any LoopClock, concurrency: Int, events: @escaping @EventLoopActor (WeChatEvent) -> Void,
        onWanted: @escaping @EventLoopActor () -> Void
    ) {
        self.clock = clock
        self.events = events
        // Several, since a probe may hang for as long as a call may take.
        turnstile = Turnstile(clock: clock, rampEnd: concurrency, probes: (8, .seconds(1)), onWanted: onWanted)
    }

    var isTripped: Bool { turnstile.isShut }

    /// More jobs would not only wait. One is wanted to make a probe if no other waits for that.
    var wantsJobs: Bool { !isTripped || turnstile.wantsProbe }

    /// What a job has waited for whose time ends in an outage.
    var failure: APIFailure? {
        outage.map {
            APIFailure(kind: .transport, message: "WeChat cannot be reached: \($0.reason)", retryable: true)
        }
    }

    func exchangeSucceeded() {
        failures = 0
        guard let outage else { return }
        self.outage = nil
        outagesOver += 1
        events(.hostBack(after: clock.now - outage.began))
        turnstile.open(ramped: true)
        onClose?()
    }

    /// - Parameter outagesOver: as it was when the exchange began.
    func exchangeFailed(_ reason: String, begunAfter outagesOver: Int) {
        guard outagesOver == self.outagesOver else { return }
        failures += 1
        guard failures >= Self.threshold, outage == nil else { return }
        outage = Outage(began: clock.now, reason: reason)
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
        let outagesOver = breaker.outagesOver
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
            case .failed(let cause): breaker.exchangeFailed(cause.description, begunAfter: outagesOver)
            }
            throw error
        }
    }
}
