internal import EventLoop

/// Makes a call, or does something about it and hands it to the next handler: a link of the chain.
///
/// A middleware is a handler with a `next`, which it calls as often as its concern wants: not at all, once, or again
/// after a failure. The links are put together by type, so that a whole chain costs what one function would.
@EventLoopActor
protocol CallHandler {
    func handle(_ call: APICall) async throws(APIError) -> APIAnswer
}
