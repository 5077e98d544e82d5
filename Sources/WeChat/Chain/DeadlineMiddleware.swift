internal import EventLoop

/// A job whose time is over makes no call. What is under way at that time is ended by the job's interruption.
@EventLoopActor
struct DeadlineMiddleware<Next: CallHandler>: CallHandler {
    let clock: any LoopClock
    let next: Next

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        do { try call.context.interruption.check(.waits) } catch { throw APIError(error) }
        guard clock.now < call.context.deadline else { throw .failed(.outOfTime) }
        return try await next.handle(call)
    }
}
