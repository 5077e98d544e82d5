package import EventLoop

/// One concern of a call, wrapped around everything that comes after it in the chain.
@EventLoopActor
package protocol Middleware {
    /// Calls `next` as often as the concern wants: not at all, once, or again after a failure.
    func handle(
        _ call: APICall, next: @EventLoopActor (APICall) async throws(APIError) -> APIAnswer
    ) async throws(APIError) -> APIAnswer
}
