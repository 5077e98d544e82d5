internal import EventLoop
internal import HTTP
internal import Synchronization

/// Takes the simulator's calls and answers them in their time. Apart from `Simulator`, because its server holds this.
final class SimulatorEndpoints: Sendable {
    private let wechat: Mutex<SimulatedWeChat>

    init(options: SimulatorOptions) { wechat = Mutex(SimulatedWeChat(options: options)) }

    func handle(_ request: HTTPServerRequest, _ responder: HTTPServerResponder) {
        let wallTime = WallTime.current
        switch (request.method, request.path) {
        case ("POST", "/intp/marketcode/applycodequery"):
            let token = request.queryItem("access_token")
            deliver(wechat.withLock { $0.query(request.body, token: token, at: .current, wallTime) }, responder)
        case ("POST", "/cgi-bin/stable_token"):
            deliver(wechat.withLock { $0.token(request.body, at: .current, wallTime) }, responder)
        case ("GET", "/stats"):
            responder.respond(HTTPServerResponse(body: statistics()))
        case (_, "/intp/marketcode/applycodequery"), (_, "/cgi-bin/stable_token"):
            responder.respond(wechat.withLock { $0.refuseUnknown(.postWanted, at: wallTime) })
        default:
            var response = wechat.withLock { $0.refuseUnknown(.invalidURL, at: wallTime) }
            response.status = 404
            responder.respond(response)
        }
    }

    func statistics() -> [UInt8] { wechat.withLock { $0.statisticsJSON() } }

    private func deliver(_ answer: SimulatedWeChat.Answer, _ responder: HTTPServerResponder) {
        guard answer.delay > .zero else { return end(answer, responder) }
        EventLoopActor.post {
            _ = SystemClock.shared.schedule(after: answer.delay) { self.end(answer, responder) }
        }
    }

    private func end(_ answer: SimulatedWeChat.Answer, _ responder: HTTPServerResponder) {
        wechat.withLock { $0.ended() }
        switch answer.content {
        case .respond(let response): responder.respond(response)
        case .drop: responder.drop()
        }
    }
}
