internal import EventLoop

/// What a fault of an account does to its jobs, and for how long.
struct HoldPolicy: Sendable, Equatable {
    var mode: HoldMode
    var quotaReset = QuotaReset.midnightInChina

    /// Whether the account's jobs wait for the fault's end. Some always do: it comes by itself, and soon.
    func hasJobsWait(_ failure: APIFailure) -> Bool {
        if mode == .wait { return true }
        switch failure.kind {
        case .rateLimited, .busy, .timeout, .transport, .protocolError: return true
        default: return false
        }
    }

    /// When a call tries whether the fault is over.
    /// - Parameter fraction: from 0 to 1; the jitter.
    func probeDelay(after failure: APIFailure, at now: WallTime, fraction: Double) -> Duration {
        let wish = failure.retryAfter ?? .zero
        // Whoever fetches the tokens tries by itself, and knows when.
        if failure.concernsToken { return wish }
        return max(wish, delay(after: failure, at: now, fraction: fraction))
    }

    private func delay(after failure: APIFailure, at now: WallTime, fraction: Double) -> Duration {
        switch (failure.errcode, failure.kind) {
        case (WeChatErrorCode.addressRefusedForADay, _): .seconds(24 * 3600)
        case (WeChatErrorCode.addressRefusedForAnHour, _): .seconds(3600)
        // The server's clock is not ours, so a little later; and not all instances at once.
        case (WeChatErrorCode.minuteQuotaReached, _):
            restOfMinute(at: now) + .milliseconds(200) + .seconds(2) * fraction
        case (_, .quotaExhausted): min(quotaReset.next(after: now) - now + .seconds(5) * fraction, .seconds(600))
        default: .seconds(30)
        }
    }

    private func restOfMinute(at now: WallTime) -> Duration {
        .milliseconds(60_000 - now.millisecondsSince1970 % 60_000)
    }

    /// When the same job may succeed, for those that do not wait.
    func retryTime(after failure: APIFailure, probeAt: WallTime, at now: WallTime) -> WallTime {
        // While a call tries, the time at which it began has passed.
        let soonest = max(probeAt, now + .seconds(1))
        return failure.kind == .quotaExhausted ? max(quotaReset.next(after: now), soonest) : soonest
    }
}

/// What becomes of the jobs of an account on hold.
package enum HoldMode: String, CaseIterable, Sendable {
    /// They wait, and their clocks stand still.
    case wait
    /// Each is answered with the fault, and the time at which it may be over.
    case answer
}
