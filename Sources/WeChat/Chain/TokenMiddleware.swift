internal import EventLoop

/// Gives a call the account's current token. If WeChat refuses it, the call is repeated once with another one, if there
/// is another; a second refusal is an ordinary failure, for the retry with its delay.
@EventLoopActor
struct TokenMiddleware<Next: CallHandler>: CallHandler {
    let next: Next

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        let tokens = call.account.tokens
        let interruption = call.context.interruption
        let first = try await tokens.token(under: interruption)
        call.token = first
        call.isRepetition = false
        let refusal: APIFailure
        do { return try await next.handle(call) } catch {
            guard case .failed(let failure) = error, failure.disposition == .refreshToken else { throw error }
            refusal = failure
        }
        tokens.refused(first, errcode: refusal.errcode)
        let second = try await tokens.token(under: interruption)
        guard second != first else { throw .failed(refusal.withTokenRejected) }
        call.token = second
        call.isRepetition = true
        do { return try await next.handle(call) } catch {
            guard case .failed(let failure) = error, failure.disposition == .refreshToken else { throw error }
            tokens.refused(second, errcode: failure.errcode)
            throw .failed(failure.withTokenRejected)
        }
    }
}
