internal import EventLoop

/// Every call goes through this, from the top of the list to the exchange at its end. Built once, here.
///
/// What breaks if two are swapped:
/// - *deadline* before *retry*: a job whose time is over would wait, or call, once more.
/// - *retry* before *token*: a try would go on with the token of the try before it, which may have been the fault; and
///   a token that cannot be had would not be tried again.
/// - *token* before *call limit*: jobs that wait for one account's token would occupy the places of all others.
/// - *call limit* before the exchange, which judges: the place is free again as soon as the answer is there.
@EventLoopActor
final class MiddlewareChain {
    private let middleware: [any Middleware]
    private let exchange: any CallExchange

    init(_ middleware: [any Middleware], exchange: any CallExchange) {
        self.middleware = middleware
        self.exchange = exchange
    }

    static func standard(
        retry: RetryPolicy, limit: CallLimit, exchange: any CallExchange, clock: any LoopClock, random: LoopRandom,
        events: @escaping @EventLoopActor (WeChatEvent) -> Void
    ) -> MiddlewareChain {
        MiddlewareChain(
            [
                DeadlineMiddleware(clock: clock),
                RetryMiddleware(policy: retry, clock: clock, random: random, events: events),
                TokenMiddleware(),
                CallLimitMiddleware(limit: limit),
            ], exchange: exchange)
    }

    func run(_ call: APICall) async throws(APIError) -> APIAnswer { try await run(call, from: 0) }

    private func run(_ call: APICall, from index: Int) async throws(APIError) -> APIAnswer {
        guard index < middleware.count else { return try await exchange.send(call) }
        return try await middleware[index].handle(call) { call throws(APIError) in
            try await self.run(call, from: index + 1)
        }
    }
}
