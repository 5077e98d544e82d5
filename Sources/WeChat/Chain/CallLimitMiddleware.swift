internal import EventLoop

/// Bounds the exchanges under way at once, over all accounts. Waiting for a place uses up no attempt.
@EventLoopActor
struct CallLimitMiddleware<Next: CallHandler>: CallHandler {
    let limit: CallLimit
    let next: Next

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        do { try await limit.acquire(under: call.context.interruption) } catch { throw APIError(error) }
        defer { limit.release() }
        return try await next.handle(call)
    }
}
