internal import EventLoop

/// The chain that every call goes through, from the outside to the exchange with WeChat. Built once, here.
///
/// What breaks if two are swapped:
/// - *deadline* before *retry*: a job whose time is over would wait, or call, once more.
/// - *retry* before *token*: a try would go on with the token of the try before it, which may have been the fault; and
///   a token that cannot be had would not be tried again.
/// - *token* before *call limit*: jobs that wait for one account's token would occupy the places of all others.
/// - *call limit* before the exchange, which judges: the place is free again as soon as the answer is there.
typealias CallChain<Exchange: CallHandler> =
    DeadlineMiddleware<RetryMiddleware<TokenMiddleware<CallLimitMiddleware<Exchange>>>>

extension DeadlineMiddleware {
    /// - Parameter events: told of every retry.
    static func chain<Exchange>(
        to exchange: Exchange, retry: RetryPolicy, limit: CallLimit, clock: any LoopClock, random: LoopRandom,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void
    ) -> Self where Self == CallChain<Exchange> {
        let limited = CallLimitMiddleware(limit: limit, next: exchange)
        let authorised = TokenMiddleware(next: limited)
        let retried = RetryMiddleware(policy: retry, clock: clock, random: random, events: events, next: authorised)
        return DeadlineMiddleware(clock: clock, next: retried)
    }
}
