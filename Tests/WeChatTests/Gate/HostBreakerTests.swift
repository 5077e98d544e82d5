import HTTP
import TestSupport
import Testing

@testable import EventLoop
@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct HostBreakerTests {
    private let clock = ManualClock()
    private let recorder = EventRecorder()
    private let wire = HeldWire()
    private let request = HTTPRequest(method: .post, url: "https://api.example", timeout: .seconds(5))
    private let breaker: HostBreaker

    init() {
        let recorder = recorder
        breaker = HostBreaker(clock: clock, concurrency: 8, events: { recorder.record($0) }, onWanted: {})
    }

    /// Calls that take longer than their limit, while others are answered: somebody is slow, and WeChat is there.
    @Test func isNotTrippedByCallsThatHungWhileOthersWereAnswered() async throws {
        let begun = clock.now
        clock.advance(by: .seconds(5))
        breaker.exchangeSucceeded()
        for _ in 0..<2 * HostBreaker.threshold { breaker.exchangeFailed("slow", begunAfter: 0, hungSince: begun) }
        #expect(!breaker.isTripped)
        for _ in 0..<HostBreaker.threshold {
            clock.advance(by: .seconds(1))
            breaker.exchangeFailed("hangs", begunAfter: 0, hungSince: clock.now)
        }
        #expect(breaker.isTripped)
    }

    @Test func tripsAfterSoManyFailuresInARow() async {
        for _ in 1..<HostBreaker.threshold { breaker.exchangeFailed("gone", begunAfter: 0) }
        breaker.exchangeSucceeded()
        for _ in 1..<HostBreaker.threshold { breaker.exchangeFailed("gone", begunAfter: 0) }
        #expect(!breaker.isTripped)
        #expect(recorder.events == [])
        breaker.exchangeFailed("gone", begunAfter: 0)
        breaker.exchangeFailed("gone", begunAfter: 0)
        #expect(breaker.isTripped)
        #expect(breaker.failure?.message == "WeChat cannot be reached: gone")
        #expect(recorder.events == [.hostDown(reason: "gone", failures: 5)])
        clock.advance(by: .seconds(5))
        breaker.exchangeSucceeded()
        #expect(!breaker.isTripped)
        #expect(breaker.failure == nil)
        #expect(recorder.events.last == .hostBack(after: .seconds(5)))
    }

    /// A hundred calls that hang since the outage began come back after its end, all at once.
    @Test func isNotTrippedAgainByWhatBeganInTheOutage() {
        trip()
        breaker.exchangeSucceeded()
        for _ in 0..<100 { breaker.exchangeFailed("late", begunAfter: 0) }
        #expect(!breaker.isTripped)
        for _ in 0..<HostBreaker.threshold { breaker.exchangeFailed("anew", begunAfter: 1) }
        #expect(breaker.isTripped)
    }

    @Test func saysWhenWeChatIsBack() {
        var closed = 0
        breaker.onClose = { closed += 1 }
        breaker.exchangeSucceeded()
        #expect(closed == 0)
        trip()
        breaker.exchangeSucceeded()
        breaker.exchangeSucceeded()
        #expect(closed == 1)
    }

    @Test func wantsNoJobsInAnOutageButOneForTheProbe() {
        #expect(breaker.wantsJobs)
        trip()
        #expect(!breaker.wantsJobs)
        clock.advance(by: .milliseconds(200))
        #expect(breaker.wantsJobs)
    }

    @Test(arguments: [
        (HeldWire.Outcome.refused, true), (.failure(.failed(.timedOut(.total))), true),
        (.failure(.failed(.couldNotResolve)), true), (.failure(.failed(.connectionClosed(code: 52))), true),
        (.failure(.failed(.tls(code: 35))), true), (.success(.json("", status: 502)), true),
        (.success(.json("", status: 503)), true), (.success(.json("", status: 504)), true),
        (.success(.json("", status: 500)), false), (.success(.json("", status: 404)), false),
        (.success(.json(StubText.systemBusy)), false), (.failure(.failed(.malformedResponse(code: 8))), false),
        (.failure(.failed(.bodyTooLarge)), false), (.failure(.failed(.clientClosed)), false),
        (.failure(.interrupted(Interrupted(cause: .deadline))), false),
    ])
    func countsWhatBringsNoAnswerOfWeChat(outcome: HeldWire.Outcome, counts: Bool) async {
        wire.answer = { _ in outcome }
        let transport = WatchedTransport(transport: wire, breaker: breaker)
        for _ in 0..<HostBreaker.threshold {
            _ = try? await transport.send(request, under: nil)
        }
        #expect(breaker.isTripped == counts)
    }

    /// Interruptions tell nothing: neither do they end a row of failures.
    @Test(arguments: [
        HeldWire.Outcome.failure(.interrupted(Interrupted(cause: .handedOver))), .failure(.failed(.clientClosed)),
    ])
    func overlooksWhatWasCutShort(outcome: HeldWire.Outcome) async {
        for _ in 1..<HostBreaker.threshold { breaker.exchangeFailed("gone", begunAfter: 0) }
        wire.answer = { _ in outcome }
        let transport = WatchedTransport(transport: wire, breaker: breaker)
        _ = try? await transport.send(request, under: nil)
        breaker.exchangeFailed("gone", begunAfter: 0)
        #expect(breaker.isTripped)
    }

    private func trip() {
        for _ in 0..<HostBreaker.threshold {
            breaker.exchangeFailed("gone", begunAfter: breaker.outagesOver)
        }
    }
}
