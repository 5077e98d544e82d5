internal import EventLoop
internal import HTTP
internal import JSON

/// All that the simulated WeChat knows, and how it decides on an answer. Owned by a `Simulator`, behind its lock.
struct SimulatedWeChat {
    struct Answer: Sendable {
        enum Content: Sendable {
            case respond(HTTPServerResponse)
            case drop
        }

        var delay: Duration
        var content: Content
    }

    private let options: SimulatorOptions
    private let document = JSONDocument(maximumLength: HTTPServer.maximumBodyLength)
    private var writer = JSONWriter()
    private var generator: SplitMix64
    private var tokens: SimulatedTokens
    private var statistics = SimulatorStatistics()

    init(options: SimulatorOptions) {
        self.options = options
        generator = SplitMix64(seed: options.seed)
        tokens = SimulatedTokens(secrets: options.accounts, lifetime: options.tokenLifetime)
    }

    // MARK: /intp/marketcode/applycodequery

    mutating func query(_ body: [UInt8], token: String?, at now: MonotonicTime, _ wallTime: WallTime) -> Answer {
        statistics.callBegan(.query)
        let text = try? document.parse(body)
        let application = text.flatMap(SimulatedApplication.init(query:))
        if let application { statistics.asked(application: application.number) }
        let drawn = options.latency.draw(using: &generator)
        let delay = application.flatMap { options.hangs[$0.name] } ?? drawn
        let fault = options.faults.draw(using: &generator)

        // What happens before WeChat looks at the call.
        if fault == .dropped {
            statistics.count(.query, .dropped)
            return Answer(delay: delay, content: .drop)
        }
        if fault == .httpError {
            statistics.count(.query, .httpError)
            return Answer(delay: delay, content: .respond(Self.badGateway))
        }
        let response = respond(to: application, isJSON: text != nil, fault: fault, token: token, at: now, wallTime)
        return Answer(delay: delay, content: .respond(response))
    }

    private mutating func respond(
        to application: SimulatedApplication?, isJSON: Bool, fault: SimulatedFault?, token: String?,
        at now: MonotonicTime, _ wallTime: WallTime
    ) -> HTTPServerResponse {
        switch tokens.check(token, at: now) {
        case .refused(let code): return refuse(.query, code, wallTime)
        case .good(let appid): revokeIfDue(appid)
        }
        if fault == .busy { return refuse(.query, .busy, wallTime) }
        if fault == .limited { return refuse(.query, .minuteQuotaReached, wallTime) }
        guard let application else { return refuse(.query, isJSON ? .invalidArguments : .notJSON, wallTime) }
        let fate = application.fate(notFound: options.notFound)
        if case .failed(let code) = fate { return refuse(.query, code, wallTime) }

        writer.write(application, isFinished: fate == .finished)
        var response = json()
        if fault == .brokenJSON {
            response.body.removeLast(response.body.count / 2)
            statistics.count(.query, .brokenJSON)
        } else {
            statistics.count(.query, fate == .finished ? .succeeded : .notFinished)
        }
        return response
    }

    /// The call at hand is still let in, later ones with this token are not.
    private mutating func revokeIfDue(_ appid: String) {
        let calls = tokens.countCall(of: appid)
        let isDue = options.revokeEvery.map { calls.isMultiple(of: $0) } ?? false
        let isDrawn = options.revokeRate > 0 && Double.random(in: 0..<1, using: &generator) < options.revokeRate
        guard isDue || isDrawn else { return }
        tokens.revokeCurrent(of: appid)
        statistics.tokenRevoked()
    }

    // MARK: /cgi-bin/stable_token

    mutating func token(_ body: [UInt8], at now: MonotonicTime, _ wallTime: WallTime) -> Answer {
        statistics.callBegan(.token)
        let delay = options.latency.draw(using: &generator)
        return Answer(delay: delay, content: .respond(issueToken(body, at: now, wallTime)))
    }

    private mutating func issueToken(
        _ body: [UInt8], at now: MonotonicTime, _ wallTime: WallTime
    ) -> HTTPServerResponse {
        guard let request = try? document.parse(body) else { return refuse(.token, .notJSON, wallTime) }
        guard request["grant_type"]?.string == "client_credential" else {
            return refuse(.token, .invalidGrantType, wallTime)
        }
        guard let appid = request["appid"]?.string, !appid.isEmpty else {
            return refuse(.token, .appIDMissing, wallTime)
        }
        guard let secret = request["secret"]?.string, !secret.isEmpty else {
            return refuse(.token, .secretMissing, wallTime)
        }
        let isForced = request["force_refresh"]?.bool ?? false
        switch tokens.issue(appid: appid, secret: secret, isForced: isForced, at: now, using: &generator) {
        case .failure(let code):
            return refuse(.token, code, wallTime)
        case .success(let issued):
            statistics.count(.token, .succeeded)
            if issued.isNew { statistics.tokenIssued(appid: appid) }
            writer.write(issued)
            return json()
        }
    }

    // MARK: Both

    mutating func ended() { statistics.callEnded() }

    mutating func statisticsJSON() -> [UInt8] {
        writer.removeAll()
        statistics.write(to: &writer)
        return writer.bytes
    }

    /// For calls that never reach an endpoint; they are in no statistics.
    mutating func refuseUnknown(_ code: SimulatedErrorCode, at wallTime: WallTime) -> HTTPServerResponse {
        writer.write(code, code.text, at: wallTime, using: &generator)
        return json()
    }

    private mutating func refuse(
        _ endpoint: SimulatorStatistics.Endpoint, _ code: SimulatedErrorCode, _ wallTime: WallTime
    ) -> HTTPServerResponse {
        statistics.count(endpoint, code)
        let text = endpoint == .token ? code.textAtTokenEndpoint : code.text
        writer.write(code, text, at: wallTime, using: &generator)
        return json()
    }

    private func json() -> HTTPServerResponse {
        HTTPServerResponse(contentType: "application/json; encoding=utf-8", body: writer.bytes)
    }

    private static let badGateway = HTTPServerResponse(
        status: 502, contentType: "text/html",
        body: Array("<html>\n<head><title>502 Bad Gateway</title></head>\n<body>502 Bad Gateway</body>\n</html>\n".utf8)
    )
}
