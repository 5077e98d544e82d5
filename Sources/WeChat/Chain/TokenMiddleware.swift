internal import EventLoop

/// Gives a call the account's current token. If WeChat refuses it, the call is repeated once with another one, if there
/// is another; a second refusal is an ordinary failure, for the retry with its delay.
@EventLoopActor
struct TokenMiddleware<Next: CallHandler>: CallHandler {
    let next: Next

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        let tokens = call.account.tokens
        var refusal: APIFailure?
        while true {
            let known = tokens.tokenAtOnce()
            let token = if let known { known } else { try await self.token(of: call) }
            if let refusal, token == call.token { throw .failed(refusal.withTokenRejected) }
            call.token = token
            call.isRepetition = refusal != nil
            do { return try await next.handle(call) } catch {
                if call.isTokenOutdated {
                    call.isTokenOutdated = false
                    continue
                }
                guard case .failed(let failure) = error, failure.disposition == .refreshToken else { throw error }
                tokens.refused(token, errcode: failure.errcode)
                if refusal != nil { throw .failed(failure.withTokenRejected) }
                refusal = failure
            }
        }
    }

    /// While another instance fetches it, the job's clock stands still: that one may not even be there.
    private func token(of call: APICall) async throws(APIError) -> AccessToken {
        let tokens = call.account.tokens
        guard tokens.isFetchedElsewhere else { return try await tokens.token(under: call.context.interruption) }
        call.context.stopClock()
        defer { call.context.startClock() }
        return try await tokens.token(under: call.context.interruption)
    }
}
