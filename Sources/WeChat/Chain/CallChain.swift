internal import EventLoop

/// The chain that every call goes through, from the outside to the exchange with WeChat. Built once, here.
///
/// What breaks if two are swapped:
/// - *deadline* before all others: a job whose time is over would wait at the gate or for a token first.
/// - *retry* before *gate*: a retry would call an account that was put on hold during its delay.
/// - *gate* before *token*: jobs of an account on hold would each ask for a token that cannot be had, and a probe could
///   not tell whether the token is the fault.
/// - *retry* before *token*: a try would go on with the token of the try before it, which may have been the fault.
/// - *token* before *call limit*: jobs that wait for one account's token would occupy the places of all others.
/// - *call limit* before the exchange, which judges: the place is free again as soon as the answer is there.
typealias CallChain<Exchange: CallHandler> =
    DeadlineMiddleware<RetryMiddleware<GateMiddleware<TokenMiddleware<CallLimitMiddleware<Exchange>>>>>

extension DeadlineMiddleware {
    static func chain<Exchange>(
        to exchange: Exchange, retries: Retries, breaker: HostBreaker, limit: CallLimit, clock: any LoopClock
    ) -> Self where Self == CallChain<Exchange> {
        let limited = CallLimitMiddleware(limit: limit, breaker: breaker, clock: clock, next: exchange)
        let authorised = TokenMiddleware(next: limited)
        let gated = GateMiddleware(breaker: breaker, next: authorised)
        let retried = RetryMiddleware(retries: retries, next: gated)
        return DeadlineMiddleware(clock: clock, next: retried)
    }
}
