package import EventLoop

/// Why a call failed, in the words of the reply: a kind that programs switch on, and what WeChat said about it.
/// Safe to log and to publish: every text from outside has passed `Redaction`.
package struct APIFailure: Error, Equatable {
    // Boxed, to be one word: each link of the chain has room for failures in its frame, and nearly no call meets one.
    private var box: Box

    private indirect enum Box: Equatable {
        case fields(Fields)
    }

    private struct Fields: Equatable {
        var kind: Kind
        var errcode: Int?
        var httpStatus: Int?
        var message: String
        var rid: String?
        var retryable: Bool
        var retryAt: WallTime?
        var disposition: Disposition
        var retryAfter: Duration?
        var concernsToken = false
    }

    private var fields: Fields {
        get {
            switch box {
            case .fields(let fields): fields
            }
        }
        set { box = .fields(newValue) }
    }

    package init(
        kind: Kind, errcode: Int? = nil, httpStatus: Int? = nil, message: String, rid: String? = nil, retryable: Bool,
        retryAt: WallTime? = nil, disposition: Disposition = .giveUp, retryAfter: Duration? = nil
    ) {
        box = .fields(
            Fields(
                kind: kind, errcode: errcode, httpStatus: httpStatus, message: message, rid: rid, retryable: retryable,
                retryAt: retryAt, disposition: disposition, retryAfter: retryAfter))
    }

    package var kind: Kind {
        get { fields.kind }
        set { fields.kind = newValue }
    }

    package var errcode: Int? {
        get { fields.errcode }
        set { fields.errcode = newValue }
    }

    package var httpStatus: Int? {
        get { fields.httpStatus }
        set { fields.httpStatus = newValue }
    }

    /// WeChat's own text where there is one. At most 512 bytes.
    package var message: String {
        get { fields.message }
        set { fields.message = newValue }
    }

    /// WeChat's name for this very call, which its staff ask for.
    package var rid: String? {
        get { fields.rid }
        set { fields.rid = newValue }
    }

    /// The same job may succeed later.
    package var retryable: Bool {
        get { fields.retryable }
        set { fields.retryable = newValue }
    }

    /// When it may, where that is known.
    package var retryAt: WallTime? {
        get { fields.retryAt }
        set { fields.retryAt = newValue }
    }

    /// What the chain does about it.
    package var disposition: Disposition {
        get { fields.disposition }
        set { fields.disposition = newValue }
    }

    /// The server's wish, or the time until the account's token is asked for again.
    package var retryAfter: Duration? {
        get { fields.retryAfter }
        set { fields.retryAfter = newValue }
    }

    /// The call was not made, because its token could not be had.
    package var concernsToken: Bool {
        get { fields.concernsToken }
        set { fields.concernsToken = newValue }
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
    var isOutOfTime: Bool { kind == .timeout && disposition == .giveUp }

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
        switch kind {
        case .apiError, .internalError, .invalidRequest, .notFound, .wrongAccount: failure.kind = .credentials
        default: break
        }
        failure.retryAfter = delay
        failure.retryAt = now + delay
        return failure
    }
}
