internal import EventLoop

/// What the client did that an operator wants to read about. Carries no secret.
package enum WeChatEvent: Sendable, Equatable {
    /// `isSame`: WeChat handed out the token that was in use before.
    case tokenFetched(account: String, lifetime: Duration, isSame: Bool)
    case tokenCallFailed(account: String, failure: APIFailure, nextTry: Duration)
    /// The current token was refused, and is not used any more.
    case tokenRefused(account: String, errcode: Int?)
    /// `attempt` is the try that failed, from 1.
    case callRetried(jobID: String, account: String, attempt: Int, failure: APIFailure, delay: Duration)
}

extension WeChatEvent {
    package enum Severity: Sendable {
        case debug
        case info
        case warning
    }

    package var severity: Severity {
        switch self {
        case .tokenFetched: .info
        case .tokenCallFailed, .tokenRefused: .warning
        case .callRetried: .debug
        }
    }

    /// The same for every event of its kind.
    package var message: StaticString {
        switch self {
        case .tokenFetched: "access token fetched"
        case .tokenCallFailed: "access token could not be fetched"
        case .tokenRefused: "access token refused by WeChat"
        case .callRetried: "call failed, will be made again"
        }
    }

    package var fields: [(name: StaticString, value: String)] {
        switch self {
        case .tokenFetched(let account, let lifetime, let isSame):
            [("account", account), ("lifetime_s", "\(lifetime.wholeMilliseconds / 1000)"), ("same_token", "\(isSame)")]
        case .tokenCallFailed(let account, let failure, let nextTry):
            [("account", account)] + failure.logFields + [("next_try_ms", "\(nextTry.wholeMilliseconds)")]
        case .tokenRefused(let account, let errcode):
            [("account", account)] + (errcode.map { [("errcode", "\($0)")] } ?? [])
        case .callRetried(let jobID, let account, let attempt, let failure, let delay):
            [("job_id", jobID), ("account", account), ("attempt", "\(attempt)")] + failure.logFields
                + [("delay_ms", "\(delay.wholeMilliseconds)")]
        }
    }
}

extension APIFailure {
    fileprivate var logFields: [(name: StaticString, value: String)] {
        var fields: [(name: StaticString, value: String)] = [("kind", kind.rawValue)]
        if let errcode { fields.append(("errcode", "\(errcode)")) }
        if let httpStatus, httpStatus != 200 { fields.append(("http_status", "\(httpStatus)")) }
        fields.append(("error", message))
        if let rid { fields.append(("rid", rid)) }
        return fields
    }
}
