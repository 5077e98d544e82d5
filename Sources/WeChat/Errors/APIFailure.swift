package import EventLoop

/// Why a call failed, in the words of the reply: a kind that programs switch on, and what WeChat said about it.
/// Safe to log and to publish: every text from outside has passed `Redaction`.
@dynamicMemberLookup
package struct APIFailure: Error, Equatable {
    package struct Fields: Equatable {
        package var kind: Kind
        package var errcode: Int?
        package var httpStatus: Int?
        /// WeChat's own text where there is one. At most 512 bytes.
        package var message: String
        /// WeChat's name for this very call, which its staff ask for.
        package var rid: String?
        /// The same job may succeed later.
        package var retryable: Bool
        /// When it may, where that is known.
        package var retryAt: WallTime?
        /// What the chain does about it.
        package var disposition: Disposition
        /// The server's wish, or the time until the account's token is asked for again.
        package var retryAfter: Duration?
        /// The call was not made, because its token could not be had.
        package var concernsToken = false
    }

    // Boxed, to be one word: each link of the chain has room for failures in its frame, and nearly no call meets one.
    private indirect enum Box: Equatable {
        case fields(Fields)
    }

    private var box: Box

    package init(
        kind: Kind, errcode: Int? = nil, httpStatus: Int? = nil, message: String, rid: String? = nil, retryable: Bool,
        retryAt: WallTime? = nil, disposition: Disposition = .giveUp, retryAfter: Duration? = nil
    ) {
        box = .fields(
            Fields(
                kind: kind, errcode: errcode, httpStatus: httpStatus, message: message, rid: rid, retryable: retryable,
                retryAt: retryAt, disposition: disposition, retryAfter: retryAfter))
    }

    package subscript<Value>(dynamicMember field: WritableKeyPath<Fields, Value>) -> Value {
        get {
            switch box {
            case .fields(let fields): fields[keyPath: field]
            }
        }
        set {
            switch box {
            case .fields(var fields):
                fields[keyPath: field] = newValue
                box = .fields(fields)
            }
        }
    }

    /// The kinds of the reply schema that a call can end with.
    package enum Kind: String, CaseIterable, Sendable {
        case notFound = "not_found"
        case wrongAccount = "wrong_account"
        case invalidRequest = "invalid_request"
        case permission
        case reauthorize
        case credentials
        case tokenRejected = "token_rejected"
        case rateLimited = "rate_limited"
        case quotaExhausted = "quota_exhausted"
        case busy
        case timeout
        case transport
        case protocolError = "protocol"
        case apiError = "api_error"
        case unknownAccount = "unknown_account"
        /// WeChat refused something that we alone decide, such as the HTTP method.
        case internalError = "internal"
    }

    /// What is done about a failure, before it becomes the job's answer.
    package enum Disposition: Sendable, CaseIterable {
        /// Again, after a delay.
        case retry
        /// Again with another token.
        case refreshToken
        /// A fault of the account: it will meet every job, so this one does not try again.
        case holdAccount
        /// The answer will not change.
        case giveUp
    }
}

extension APIFailure {
    static let outOfTime = APIFailure(kind: .timeout, message: "the job's time is over", retryable: true)

    /// The job's own end, where a call that took too long could be made again.
    var isOutOfTime: Bool { self.kind == .timeout && self.disposition == .giveUp }

    /// Of a job that has waited, or tried again, for a reason.
    static func outOfTime(after cause: APIFailure) -> APIFailure {
        let code = cause.errcode.map { ", errcode \($0)" } ?? ""
        var failure = outOfTime
        failure.message = Redaction.text(
            "\(outOfTime.message); it waited because of \(cause.kind.rawValue)\(code): \(cause.message)")
        return failure
    }

    static func unknownAccount(_ account: String) -> APIFailure {
        let message =
            "account: \(account) is neither configured nor a merchant of a platform that takes any; configure it, have it "
            + "authorise the platform, or correct the job"
        return APIFailure(kind: .unknownAccount, message: Redaction.text(message), retryable: false)
    }

    /// An answer that makes no sense. The call is a read, so it is simply made again.
    static func unreadable(_ problem: String, httpStatus: Int) -> APIFailure {
        APIFailure(
            kind: .protocolError, httpStatus: httpStatus, message: Redaction.text(problem), retryable: true,
            disposition: .retry)
    }

    /// WeChat refuses the token that it has just handed out: no fault of the token that another one would cure.
    var withTokenRejected: APIFailure {
        var failure = self
        failure.kind = .tokenRejected
        failure.disposition = .retry
        return failure
    }

    /// A token's failure for a caller that comes while the next try is still `delay` away.
    func delayed(by delay: Duration, at now: WallTime) -> APIFailure {
        var failure = self
        failure.concernsToken = true
        // Whatever WeChat refuses there, it is not the job, which may succeed once there is a token.
        failure.retryable = true
        switch self.kind {
        case .apiError, .internalError, .invalidRequest, .notFound, .wrongAccount: failure.kind = .credentials
        default: break
        }
        failure.retryAfter = delay
        failure.retryAt = now + delay
        return failure
    }
}
