internal import EventLoop
internal import HTTP

/// The exchange with WeChat: one request, and a verdict on its answer.
@EventLoopActor
struct FailureJudge<Wire: Transport>: CallHandler {
    let baseURL: String
    let timeout: Duration
    let transport: Wire
    let judge: AnswerJudge

    func handle(_ call: APICall) async throws(APIError) -> APIAnswer {
        // The chain gives every call a token before it comes here.
        guard let token = call.token else { preconditionFailure("a call reached its exchange without a token") }
        let request = HTTPRequest(
            method: .post, url: baseURL + call.operation.path + "?" + token.query, route: call.operation.path,
            body: call.body, timeout: timeout)
        if !call.isRepetition { call.context.attempts += 1 }
        let response: HTTPResponse
        do { response = try await transport.send(request, under: call.context.interruption) } catch {
            throw APIError(error)
        }
        do throws(APIFailure) {
            let json = try judge.judge(response, from: .business, secrets: [token.value])
            do throws(UnreadableAnswer) { return try call.operation.answer(json) } catch {
                throw APIFailure.unreadable(error.problem, httpStatus: response.status)
            }
        } catch { throw .failed(error) }
    }
}
