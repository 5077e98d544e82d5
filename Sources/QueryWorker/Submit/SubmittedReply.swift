internal import JSON

/// What a submitter looks at in a reply, whose bytes it passes on as they are.
package struct SubmittedReply: Hashable, Sendable {
    package let hasSucceeded: Bool
    /// nil for what succeeded, and for what is no reply of `query-reply.v1`.
    package let kind: String?
    package let message: String?
    package let retryAt: String?

    /// - Parameter value: nil for a record without one.
    init(_ value: [UInt8]?, _ document: JSONDocument) {
        let root = value.flatMap { try? document.parse($0) }
        let error = root?["error"]
        hasSucceeded = root?["outcome"]?.string == "succeeded"
        kind = error?["kind"]?.string
        message = error?["message"]?.string
        retryAt = error?["retry_at"]?.string
    }

    /// What a failure means, and what to do about it; nil where nothing failed.
    package var explanation: String? {
        guard !hasSucceeded else { return nil }
        guard let kind else {
            return "the reply is none of query-reply.v1; does another program write to replies.topic?"
        }
        let retry = retryAt.map { ", at \($0) or later" } ?? ""
        return "\(kind): \(message ?? "no message"); \(Self.remedy(of: kind))\(retry)"
    }

    private static func remedy(of kind: String) -> String {
        switch kind {
        case "invalid_job": "correct the job"
        case "unknown_account": "name an account that the worker is configured for (account, or --account)"
        case "expired": "submit it again with a later deadline (deadline, or --deadline), or start more workers"
        case "not_found": "check the id"
        case "wrong_account": "submit it with the application's own account (account, or --account)"
        case "invalid_request": "correct the ids"
        case "permission": "have the account permitted to use this API, then submit it again"
        case "reauthorize": "the merchant must authorise the platform again; then submit it again"
        case "credentials": "tell the worker's operator (secret, IP list, frozen account), then submit it again"
        case "reply_too_large": "raise max.message.bytes of the reply topic, then submit it again"
        case "api_error", "internal": "look at errcode and message in the reply"
        default: "submit it again"
        }
    }
}
