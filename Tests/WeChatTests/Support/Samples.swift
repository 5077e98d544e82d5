import EventLoop
import HTTP
import JSON
import TestSupport

@testable import WeChat

extension APIFailure {
    static func sample(
        _ kind: Kind = .busy, errcode: Int? = nil, _ disposition: Disposition = .retry, retryAfter: Duration? = nil
    ) -> APIFailure {
        APIFailure(
            kind: kind, errcode: errcode, message: "sample", retryable: disposition != .giveUp,
            disposition: disposition, retryAfter: retryAfter)
    }

    static let tokenRefused = sample(.tokenRejected, errcode: 40001, .refreshToken)
}

extension MonotonicTime {
    /// Seconds since some origin, for tests that need no clock.
    static func at(_ seconds: Double) -> MonotonicTime { MonotonicTime(nanoseconds: 0) + .seconds(seconds) }
}

extension CallContext {
    /// A job that has a minute.
    @EventLoopActor
    static func sample(
        on clock: any LoopClock, timeout: Duration = .seconds(60), interruption: Interruption = Interruption()
    ) -> CallContext {
        CallContext(jobID: "job-1", limit: timeout, clock: clock, interruption: interruption)
    }
}

extension Account {
    /// An account that never was on hold.
    static func sample(tokens: TokenProvider, on clock: any LoopClock) -> Account {
        let gate = AccountGate(
            account: tokens.appID, policy: HoldPolicy(mode: .wait), rate: nil, concurrency: 8, clock: clock,
            random: LoopRandom(FixedGenerator.zero), events: { _ in }, onWanted: {})
        return Account(name: tokens.appID, tokens: tokens, gate: gate)
    }
}

extension AccountGate {
    /// By a job that has begun no hold before.
    func failed(_ pass: Turnstile.Pass, _ failure: APIFailure) -> FailureAction {
        failed(pass, failure, of: .sample(on: ManualClock()))
    }
}

extension HostBreaker {
    static func sample(on clock: any LoopClock) -> HostBreaker {
        HostBreaker(clock: clock, concurrency: 8, events: { _ in }, onWanted: {})
    }
}

extension HTTPResponse {
    static func json(_ body: String, status: Int = 200, retryAfter: Duration? = nil) -> HTTPResponse {
        HTTPResponse(status: status, body: Array(body.utf8), retryAfter: retryAfter)
    }
}

extension APIAnswer {
    static let finished = APIAnswer.applyCodeQuery(ApplyCodeQueryResult(status: "FINISH"))
}

extension ApplyCodeQuery {
    static let sample = ApplyCodeQuery(applicationID: 581_865_877)
}
