internal import EventLoop

/// Has a call wait while its account, or WeChat as a whole, is known to fail; see `AccountGate` and `HostBreaker`.
///
/// A call that meets such a fault comes back here and waits like the others, and the job keeps its attempt.
@EventLoopActor
struct GateMiddleware<Next: CallHandler>: CallHandler {
    private typealias Passes = (account: Turnstile.Pass, host: Turnstile.Pass)

    let breaker: HostBreaker
    let next: Next

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        let gate = call.account.gate
        let attempts = call.context.attempts
        while true {
            var passes = passesAtOnce(gate)
            if passes == nil { passes = try await self.passes(call, gate) }
            guard let (pass, hostPass) = passes else { continue }
            call.passes = (pass, hostPass)
            do {
                let answer = try await next.handle(call)
                gate.succeeded(pass)
                breaker.turnstile.leave(hostPass, succeeded: true)
                return answer
            } catch {
                breaker.turnstile.leave(hostPass, succeeded: error.hasReachedHost)
                switch verdict(on: error, call, gate, pass, hostPass) {
                case .again: call.context.attempts = attempts
                case .answer(let failure): throw .failed(failure)
                case nil: throw error
                }
                // Where nothing waits, nothing would notice that the job is to end.
                do { try call.context.interruption.check(.waits) } catch { throw APIError(error, during: call.context) }
            }
        }
    }

    /// For nearly every call: without a suspension, which costs more than the rest of this.
    private func passesAtOnce(_ gate: AccountGate) -> Passes? {
        guard let hostPass = breaker.turnstile.enterAtOnce() else { return nil }
        guard let pass = gate.enterAtOnce() else {
            breaker.turnstile.leave(hostPass, succeeded: nil)
            return nil
        }
        return (pass, hostPass)
    }

    /// - Returns: nil if the account was put on hold meanwhile.
    private func passes(_ call: APICall, _ gate: AccountGate) async throws(APIError) -> Passes? {
        let pass = try await gate.enter(call.context)
        let hostPass: Turnstile.Pass?
        do { hostPass = try await breaker.turnstile.enter(call.context, in: call.account.line) } catch {
            gate.left(pass)
            if let failure = breaker.failure { call.context.lastFailure = failure }
            throw APIError(error, during: call.context)
        }
        if let hostPass, !gate.isStale(pass) { return (pass, hostPass) }
        gate.left(pass)
        if let hostPass { breaker.turnstile.leave(hostPass, succeeded: nil) }
        return nil
    }

    /// - Returns: nil where the error is the job's own affair.
    private func verdict(
        on error: APIError, _ call: APICall, _ gate: AccountGate, _ pass: Turnstile.Pass, _ hostPass: Turnstile.Pass
    ) -> AccountGate.FailureAction? {
        guard case .failed(let failure) = error, !failure.isOutOfTime else {
            gate.left(pass)
            defer { call.isSentBack = false }
            return call.isSentBack ? .again : nil
        }
        call.context.lastFailure = failure
        if failure.disposition == .holdAccount || failure.concernsToken {
            return gate.failed(pass, failure, of: call.context)
        }
        if failure.isOfTheHost {
            gate.left(pass)
            return breaker.isTripped || breaker.turnstile.isStale(hostPass) ? .again : nil
        }
        // An answer to the job, whatever it says: the account works.
        if failure.disposition == .giveUp { gate.succeeded(pass) } else { gate.wasInconclusive(pass) }
        return nil
    }
}

extension APIError {
    /// nil if there was no call, or none that was waited for.
    fileprivate var hasReachedHost: Bool? {
        guard case .failed(let failure) = self, !failure.isOutOfTime, !failure.concernsToken else { return nil }
        return !failure.isOfTheHost && !failure.isOverload
    }
}

extension APIFailure {
    /// No answer of WeChat's own: it could not be reached, or a gateway answered in its place.
    var isOfTheHost: Bool {
        switch self.kind {
        case .transport, .timeout: true
        case .busy: (502...504).contains(self.httpStatus ?? 0)
        default: false
        }
    }

    /// WeChat answered that it has too much to do; unlike `busy` for a reason of the job's own, such as 80308.
    fileprivate var isOverload: Bool { self.kind == .busy && (self.errcode ?? -1) == -1 }
}
