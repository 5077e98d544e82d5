internal import EventLoop
internal import HTTP
internal import JSON

/// /intp/marketcode/applycodequery
extension SimulatedWeChat {
    mutating func answerQuery(_ call: SimulatedCall) -> SimulatedAnswer {
        let token = call.queryItem("access_token")
        // Refused calls count for the account too, as long as its token is remembered.
        let account = tokens.owner(of: token)?.appid
        if let account { statistics.queried(by: account, at: call.wallTime) }
        let text = try? document.parse(call.body)
        let application = text.flatMap(SimulatedApplication.init(query:))
        if let application { statistics.asked(application: application.number) }
        let latency = account.flatMap { options.accountLatencies[$0] } ?? options.latency
        let drawn = latency.draw(using: &generator)
        let delay = application.flatMap { options.hangs[$0.name] } ?? drawn
        let fault = options.faults.draw(using: &generator)

        // What happens before WeChat looks at the call.
        switch fault {
        case .dropped:
            statistics.count(.query, .dropped)
            return SimulatedAnswer(delay: delay, content: .drop)
        case .httpError, .unavailable:
            statistics.count(.query, .httpError)
            let page = errorPage(fault == .httpError ? 502 : 503, at: call.wallTime)
            return SimulatedAnswer(delay: delay, content: .respond(page))
        case .busy, .limited, .brokenJSON, nil:
            break
        }

        do throws(SimulatedErrorCode) {
            let appid = try admit(call, token: token)
            if let code = options.troubles.errors.draw(for: appid, using: &generator) { throw code }
            if fault == .busy { throw .busy }
            if fault == .limited { throw .minuteQuotaReached }
            guard let application else { throw text == nil ? .notJSON : .invalidArguments }
            let response = try respond(to: application, isBroken: fault == .brokenJSON)
            return SimulatedAnswer(delay: delay, content: .respond(response))
        } catch {
            if let account, error == .invalidCredential { statistics.refusedToken(of: account) }
            return SimulatedAnswer(delay: delay, content: .respond(refuse(call, error)))
        }
    }

    /// Address, token and quotas, in WeChat's order.
    /// - Returns: the account that asks.
    private mutating func admit(_ call: SimulatedCall, token: String?) throws(SimulatedErrorCode) -> String {
        if options.troubles.refusesAddressOfQueries {
            throw tokens.owner(of: token)?.isAuthorizer == true ? .addressNotRegistered : .addressNotOnList
        }
        let owner = try tokens.check(token, at: call.time)
        let appid = owner.appid
        guard owner.kind != .component else { throw .invalidCredential }
        if owner.isAuthorizer, options.components.unauthorized.contains(appid) { throw .notAuthorized }
        if options.troubles.flapping.refuses(appid, at: call.time, seed: options.seed) { throw .invalidCredential }
        revokeIfDue(owner, at: call.time)
        guard options.troubles.dayQuota.take(for: appid, at: call.wallTime) else { throw .dayQuotaReached }
        guard options.troubles.minuteQuota.take(for: appid, at: call.wallTime) else { throw .minuteQuotaReached }
        return appid
    }

    /// The call at hand is still let in, later ones with this token are not.
    private mutating func revokeIfDue(_ owner: SimulatedTokens.Owner, at now: MonotonicTime) {
        let calls = tokens.countCall(of: owner)
        let isDue = options.revokeEvery.map { calls.isMultiple(of: $0) } ?? false
        let isDrawn = options.revokeRate > 0 && Double.random(in: 0..<1, using: &generator) < options.revokeRate
        guard isDue || isDrawn, tokens.revokeCurrent(of: owner, at: now) else { return }
        statistics.tokensRevoked(1)
    }

    private mutating func respond(
        to application: SimulatedApplication, isBroken: Bool
    ) throws(SimulatedErrorCode) -> HTTPServerResponse {
        let fate = application.fate(notFound: options.notFound)
        if case .failed(let code) = fate { throw code }
        writer.write(application, isFinished: fate == .finished)
        var response = json()
        if isBroken {
            response.body.removeLast(response.body.count / 2)
            statistics.count(.query, .brokenJSON)
        } else {
            statistics.count(.query, fate == .finished ? .succeeded : .notFinished)
        }
        return response
    }

    private func errorPage(_ status: Int, at wallTime: WallTime) -> HTTPServerResponse {
        let title = status == 502 ? "502 Bad Gateway" : "503 Service Unavailable"
        let page = "<html>\n<head><title>\(title)</title></head>\n<body>\(title)</body>\n</html>\n"
        let header = options.troubles.retryAfter.map { ("Retry-After", $0.value(at: wallTime)) }
        return HTTPServerResponse(
            status: status, contentType: "text/html", headers: header.map { [$0] } ?? [], body: Array(page.utf8))
    }
}
