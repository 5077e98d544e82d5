internal import EventLoop
internal import HTTP
internal import JSON

/// All that the simulated WeChat knows, and how it decides on an answer. Owned by a `Simulator`, behind its lock.
struct SimulatedWeChat: ~Copyable {
    var options: SimulatorOptions
    let document = JSONDocument(maximumLength: HTTPServer.Limits().body)
    var writer = JSONWriter()
    var generator: SplitMix64
    var tokens = SimulatedTokens()
    var statistics = SimulatorStatistics()

    init(options: SimulatorOptions) {
        self.options = options
        generator = SplitMix64(seed: options.seed)
    }

    mutating func answer(_ call: SimulatedCall) -> SimulatedAnswer {
        statistics.callBegan(call.endpoint)
        if options.troubles.isDown {
            statistics.count(call.endpoint, .dropped)
            return SimulatedAnswer(delay: .zero, content: .drop)
        }
        return call.endpoint == .query ? answerQuery(call) : answerTokenCall(call)
    }

    mutating func ended() { statistics.callEnded() }

    /// For calls that never reach an endpoint; they are in no statistics.
    mutating func refuseUnknown(_ code: SimulatedErrorCode, at wallTime: WallTime) -> HTTPServerResponse {
        let text = code.text(at: nil, isChinese: options.isChinese)
        writer.write(code, text, at: wallTime, using: &generator)
        return json()
    }

    mutating func refuse(_ call: SimulatedCall, _ code: SimulatedErrorCode) -> HTTPServerResponse {
        statistics.count(call.endpoint, code)
        let text = code.text(at: call.endpoint, isChinese: options.isChinese)
        writer.write(code, text, at: call.wallTime, using: &generator)
        return json()
    }

    /// What the writer holds.
    func json() -> HTTPServerResponse {
        HTTPServerResponse(contentType: "application/json; encoding=utf-8", body: writer.bytes)
    }
}
