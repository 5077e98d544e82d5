internal import EventLoop

/// Bounds the exchanges under way at once, over all accounts. Waiting for a place uses up no attempt.
@EventLoopActor
struct CallLimitMiddleware<Next: CallHandler>: CallHandler {
    let limit: CallLimit
    let breaker: HostBreaker
    let clock: any LoopClock
    let next: Next

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        let line = call.account.line
        if limit.acquireAtOnce(in: line) {
            return try await exchange(call, line)
        }
        do { try await limit.acquire(in: line, under: call.context.interruption) } catch {
            throw APIError(error, during: call.context)
        }
        do { try lookAgain(call) } catch {
            limit.release(line)
            throw error
        }
        return try await exchange(call, line)
    }

    private func exchange(_ call: APICall, _ line: CallLine) async throws(APIError) -> APIAnswer {
        let began = clock.now
        if call.context.calledAt == nil { call.context.calledAt = began }
        defer {
            line.pace.callEnded(after: clock.now - began)
            limit.release(line)
        }
        return try await next.handle(call)
    }

    /// Hundreds may have waited here when the first of them met an account on hold, or a token that is refused.
    private func lookAgain(_ call: APICall) throws(APIError) {
        if let passes = call.passes,
            call.account.gate.isStale(passes.account) || breaker.turnstile.isStale(passes.host)
        {
            call.isSentBack = true
            throw .interrupted
        }
        if let token = call.token, !call.account.tokens.isInUse(token) {
            call.isTokenOutdated = true
            throw .interrupted
        }
    }
}
