internal import EventLoop

/// The end of the chain: sends the call, and says what came of it.
@EventLoopActor
protocol CallExchange {
    func send(_ call: APICall) async throws(APIError) -> APIAnswer
}
