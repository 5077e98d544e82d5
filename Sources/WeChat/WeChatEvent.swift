internal import EventLoop

/// What the client did that an operator wants to read about. Carries no secret.
package enum WeChatEvent: Sendable, Equatable {
    /// `isSame`: WeChat handed out the token that was in use before.
    case tokenFetched(account: String, lifetime: Duration, isSame: Bool)
    case tokenCallFailed(account: String, failure: APIFailure, nextTry: Duration)
    /// The current token was refused, and is not used any more.
    case tokenRefused(account: String, errcode: Int?)
    /// `attempt` is the try that failed, from 1.
    case callRetried(job: JobName, account: String, attempt: Int, failure: APIFailure, delay: Duration)
    /// The account's calls fail by a fault of the account. `waits`: its jobs wait; else each is answered.
    case accountHeld(account: String, failure: APIFailure, waits: Bool, probeAfter: Duration)
    case accountReleased(account: String, kind: APIFailure.Kind, after: Duration)
    /// WeChat's list of the accounts that have authorised the component. Jobs of those that nobody knows yet can't be told
    /// from jobs of strangers.
    case authorizersNotRead(component: String, failure: APIFailure, nextTry: Duration)
    /// On hold, slow, or beyond its rate, and at its share of the jobs: further ones are refused.
    case accountFull(account: String, held: Int)
    case accountHasRoom(account: String)
    /// WeChat as a whole can't be reached; jobs wait.
    case hostDown(reason: String, failures: Int)
    case hostBack(after: Duration)
}

extension WeChatEvent {
    package enum Severity: Sendable {
        case debug
        case info
        case warning
    }

    package var severity: Severity {
        switch self {
        case .tokenFetched, .accountReleased, .accountHasRoom, .hostBack: .info
        case .tokenCallFailed, .tokenRefused, .accountHeld, .authorizersNotRead, .accountFull, .hostDown: .warning
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
        case .accountHeld(_, _, true, _): "account on hold; its jobs wait"
        case .accountHeld: "account on hold; its jobs are answered as failed"
        case .accountReleased: "account works again"
        case .authorizersNotRead: "list of authorised accounts could not be read"
        case .accountFull: "account holds all the jobs that it may; further ones are answered as rate_limited"
        case .accountHasRoom: "account may hold more jobs again"
        case .hostDown: "WeChat cannot be reached; jobs wait"
        case .hostBack: "WeChat can be reached again"
        }
    }

    package typealias Field = (name: StaticString, value: EventValue)

    package var fields: [Field] {
        switch self {
        case .tokenFetched(let account, let lifetime, let isSame):
            [
                ("account", .text(account)), ("lifetime_s", .integer(lifetime.wholeMilliseconds / 1000)),
                ("same_token", .flag(isSame)),
            ]
        case .tokenCallFailed(let account, let failure, let nextTry):
            [("account", .text(account))] + failure.logFields + [milliseconds("next_try_ms", nextTry)]
        case .tokenRefused(let account, let errcode):
            [("account", .text(account))] + (errcode.map { [("errcode", .integer($0))] } ?? [])
        case .callRetried(let job, let account, let attempt, let failure, let delay):
            job.logFields + [("account", .text(account)), ("attempt", .integer(attempt))] + failure.logFields
                + [milliseconds("delay_ms", delay)]
        case .accountHeld(let account, let failure, _, let probeAfter):
            [("account", .text(account))] + failure.logFields + [milliseconds("probe_after_ms", probeAfter)]
        case .accountReleased(let account, let kind, let after):
            [("account", .text(account)), ("kind", .text(kind.rawValue)), milliseconds("after_ms", after)]
        case .authorizersNotRead(let component, let failure, let nextTry):
            [("component", .text(component))] + failure.logFields + [milliseconds("next_try_ms", nextTry)]
        case .accountFull(let account, let held): [("account", .text(account)), ("jobs", .integer(held))]
        case .accountHasRoom(let account): [("account", .text(account))]
        case .hostDown(let reason, let failures):
            [("error", .text(reason)), ("failures_in_a_row", .integer(failures))]
        case .hostBack(let after): [milliseconds("after_ms", after)]
        }
    }

    private func milliseconds(_ name: StaticString, _ duration: Duration) -> Field {
        (name, .integer(duration.wholeMilliseconds))
    }
}

extension JobName {
    fileprivate var logFields: [WeChatEvent.Field] {
        var fields: [WeChatEvent.Field] = [("job_id", .text(id))]
        if let traceID { fields.append(("trace_id", .text(traceID))) }
        return fields
    }
}

extension APIFailure {
    fileprivate var logFields: [WeChatEvent.Field] {
        var fields: [WeChatEvent.Field] = [("kind", .text(self.kind.rawValue))]
        if let errcode = self.errcode { fields.append(("errcode", .integer(errcode))) }
        if let httpStatus = self.httpStatus, httpStatus != 200 { fields.append(("http_status", .integer(httpStatus))) }
        fields.append(("error", .text(self.message)))
        if let rid = self.rid { fields.append(("rid", .text(rid))) }
        return fields
    }
}
