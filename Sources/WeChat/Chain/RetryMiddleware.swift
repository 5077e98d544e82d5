internal import EventLoop

/// Makes a failed call again as its policy says, but starts no delay that the job's deadline would cut off: then the
/// failure itself is the better answer than `timeout`.
@EventLoopActor
struct RetryMiddleware<Next: CallHandler>: CallHandler {
    let policy: RetryPolicy
    let clock: any LoopClock
    let random: LoopRandom
    let events: @EventLoopActor (WeChatEvent) -> Void
    let next: Next

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        var attempt = 1
        while true {
            let failure: APIFailure
            do { return try await next.handle(call) } catch {
                guard case .failed(let cause) = error else { throw error }
                failure = cause
            }
            let delay = policy.delay(after: failure, attempt: attempt, fraction: random.fraction())
            guard let delay, clock.now + delay < call.context.deadline else { throw .failed(failure) }
            events(
                .callRetried(
                    jobID: call.context.jobID, account: call.tokens.account, attempt: attempt, failure: failure,
                    delay: delay))
            do { try await call.context.interruption.sleep(for: delay, clock: clock) } catch { throw APIError(error) }
            if policy.usesUpAttempt(failure) { attempt += 1 }
        }
    }
}
