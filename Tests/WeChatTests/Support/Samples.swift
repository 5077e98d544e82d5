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
        CallContext(jobID: "job-1", deadline: clock.now + timeout, interruption: interruption)
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
