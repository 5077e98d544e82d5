package import EventLoop
package import WeChat

/// Why a job ends without a result: what the reply's `error` says.
package struct JobFailure: Error, Hashable, Sendable {
    package let kind: Kind
    package var errcode: Int?
    package let message: String
    /// WeChat's own id of the refused request.
    package var rid: String?
    /// The same record may succeed when it is published again later.
    package let isRetryable: Bool
    package var retryAt: WallTime?

    /// The contract's stable names, on which programs switch.
    package enum Kind: Hashable, Sendable {
        case invalidJob
        case expired
        case replyTooLarge
        case `internal`
        case api(APIFailure.Kind)

        package var name: String {
            switch self {
            case .invalidJob: "invalid_job"
            case .expired: "expired"
            case .replyTooLarge: "reply_too_large"
            case .internal: "internal"
            case .api(let kind): kind.rawValue
            }
        }

        package static var all: [Kind] {
            [.invalidJob, .expired, .replyTooLarge, .internal] + APIFailure.Kind.allCases.map(Kind.api)
        }
    }

    package init(_ kind: Kind, _ message: String, isRetryable: Bool = false) {
        self.kind = kind
        self.message = message
        self.isRetryable = isRetryable
    }

    package init(_ failure: APIFailure) {
        kind = .api(failure.kind)
        errcode = failure.errcode
        message = failure.message
        rid = failure.rid
        isRetryable = failure.retryable
        retryAt = failure.retryAt
    }
}
