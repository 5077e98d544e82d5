internal import EventLoop
internal import HTTP
internal import Synchronization

/// Takes the simulator's calls and answers them in their time. Apart from `Simulator`, because its server holds this.
final class SimulatorEndpoints: Sendable {
    private struct State: ~Copyable {
        var wechat: SimulatedWeChat
        /// Answers that wait for their endpoint to stop hanging.
        var held: [@Sendable () -> Void] = []
    }

    private let state: Mutex<State>

    init(options: SimulatorOptions) { state = Mutex(State(wechat: SimulatedWeChat(options: options))) }

    func handle(_ request: HTTPServerRequest, _ responder: HTTPServerResponder) {
        if let endpoint = SimulatedEndpoint(path: request.path) {
            guard request.method == endpoint.method else {
                let code: SimulatedErrorCode = endpoint.method == "GET" ? .getWanted : .postWanted
                return responder.respond(state.withLock { $0.wechat.refuseUnknown(code, at: .current) })
            }
            deliver(state.withLock { $0.wechat.answer(SimulatedCall(endpoint, request)) }, responder)
        } else if let response = control(request) {
            responder.respond(response)
        } else {
            var response = state.withLock { $0.wechat.refuseUnknown(.invalidURL, at: .current) }
            response.status = 404
            responder.respond(response)
        }
    }

    func statistics() -> [UInt8] { state.withLock { $0.wechat.statisticsJSON() } }

    /// Lets go of calls that would wait for ever; a stopped server no longer hears of them.
    func stop() { release() }

    // MARK: Control

    /// Nil for a path that is none of the simulator's own.
    private func control(_ request: HTTPServerRequest) -> HTTPServerResponse? {
        switch (request.method, request.path) {
        case ("GET", "/stats"): return HTTPServerResponse(body: statistics())
        case ("POST", "/options"): return apply(String(decoding: request.body, as: UTF8.self))
        case ("POST", "/revoke"): return revoke(request)
        default: return nil
        }
    }

    private func apply(_ flags: String) -> HTTPServerResponse {
        let (problem, isHanging) = state.withLock { state in
            (state.wechat.apply(flags: flags), state.wechat.options.troubles.tokensHang)
        }
        if let problem { return .text(problem, status: 400) }
        if !isHanging { release() }
        return .text("ok")
    }

    private func revoke(_ request: HTTPServerRequest) -> HTTPServerResponse {
        let ofAll = request.queryItem("all") == "1"
        let appid = request.queryItem("account")
        guard ofAll || appid != nil else {
            return .text("wanted: /revoke?account=APPID, or /revoke?all=1", status: 400)
        }
        guard state.withLock({ $0.wechat.revoke(account: ofAll ? nil : appid) }) else {
            return .text("this account never had a token", status: 400)
        }
        return .text("ok")
    }

    // MARK: Delivery

    private func deliver(_ answer: SimulatedAnswer, _ responder: HTTPServerResponder) {
        guard let delay = answer.delay else {
            state.withLock { $0.held.append { self.end(answer, responder) } }
            return
        }
        guard delay > .zero else { return end(answer, responder) }
        EventLoopActor.post {
            _ = SystemClock.shared.schedule(after: delay) { self.end(answer, responder) }
        }
    }

    private func release() {
        let held = state.withLock { state in
            defer { state.held = [] }
            return state.held
        }
        for end in held { end() }
    }

    private func end(_ answer: SimulatedAnswer, _ responder: HTTPServerResponder) {
        state.withLock { $0.wechat.ended() }
        switch answer.content {
        case .respond(let response): responder.respond(response)
        case .drop: responder.drop()
        }
    }
}
