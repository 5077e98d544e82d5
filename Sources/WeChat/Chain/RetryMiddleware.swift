internal import EventLoop

/// Makes a failed call again as its policy says, but starts no delay that the job's deadline would cut off: then the
/// failure itself is the better answer than `timeout`.
@EventLoopActor
struct RetryMiddleware<Next: CallHandler>: CallHandler {
    let retries: Retries
    let next: Next

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        retries.budget.firstCallMade()
        var failed: [HostBreaker.Failure?] = []
        while true {
            let failure: APIFailure
            do {
                let answer = try await next.handle(call)
                forgive(&failed, call)
                return answer
            } catch {
                forgive(&failed, call)
                guard case .failed(let cause) = error else { throw error }
                failure = cause
            }
            call.context.lastFailure = failure
            failed.append(failure.isOfTheHost ? retries.breaker.lastFailure : nil)
            try await retries.pause(before: call, after: failure, attempt: failed.count)
        }
    }

    /// An outage is no fault of the job: what failed as it began counts as little as what waits for its end.
    private func forgive(_ failed: inout [HostBreaker.Failure?], _ call: APICall) {
        guard !failed.isEmpty else { return }
        let count = failed.count
        failed.removeAll { $0?.isOutage == true }
        call.context.attempts -= count - failed.count
    }
}

/// What the retries of all jobs share.
@EventLoopActor
final class Retries {
    private let policy: RetryPolicy
    private let clock: any LoopClock
    private let random: LoopRandom
    private let events: @EventLoopActor (WeChatEvent) -> Void
    let breaker: HostBreaker
    var budget: RetryBudget

    /// - Parameter events: told of every retry.
    init(
        policy: RetryPolicy, breaker: HostBreaker, clock: any LoopClock, random: LoopRandom,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void
    ) {
        self.policy = policy
        self.breaker = breaker
        self.clock = clock
        self.random = random
        self.events = events
        budget = RetryBudget(percent: policy.budget)
    }

    /// - Throws: the failure, if it is the job's answer.
    fileprivate func pause(
        before call: APICall, after failure: APIFailure, attempt: Int
    ) async throws(APIError) {
        var isAgain = false
        repeat {
            let fraction = random.fraction()
            guard var delay = policy.delay(after: failure, attempt: attempt, fraction: fraction) else {
                throw .failed(failure)
            }
            // Who was refused by the budget has waited as the server wished; it asks again, and not with all others.
            if isAgain { delay = .milliseconds(500) + .milliseconds(500) * fraction }
            guard clock.now + delay < call.context.deadline else { throw .failed(failure) }
            if !isAgain {
                events(
                    .callRetried(
                        job: call.context.job, account: call.account.name, attempt: attempt, failure: failure,
                        delay: delay))
            }
            isAgain = true
            do { try await call.context.interruption.sleep(for: delay, clock: clock) } catch {
                throw APIError(error, during: call.context)
            }
        } while failure.hintsAtOverload && !budget.mayRetry(at: clock.now)
    }
}

extension APIFailure {
    /// More calls could make it worse. A refused token and a wish for a later time say nothing of the kind.
    fileprivate var hintsAtOverload: Bool {
        switch self.kind {
        case .busy, .timeout, .transport, .protocolError: true
        default: false
        }
    }
}
