internal import WeChat

/// How the refresher tells the other instances why there is no token: the `reason` of a `rejected` record, such as
/// `reauthorize/61023: account wx2: …`.
enum CredentialAnswer {
    private static let maxBytes = 1024

    static func text(_ failure: APIFailure) -> String {
        let code = failure.errcode.map { "/\($0)" } ?? ""
        return String(
            decoding: "\(failure.kind.rawValue)\(code): \(failure.message)".utf8.prefix(maxBytes), as: UTF8.self)
    }

    /// What another instance met, as this one would have met it.
    static func failure(_ text: String) -> APIFailure {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].split(separator: "/", maxSplits: 1)
        let kind = head.first.flatMap { APIFailure.Kind(rawValue: String($0)) } ?? .busy
        let message = parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "the refresher has no token"
        let passes: Set<APIFailure.Kind> = [.busy, .timeout, .transport, .protocolError, .rateLimited, .tokenRejected]
        return APIFailure(
            kind: kind, errcode: head.count == 2 ? Int(head[1]) : nil, message: Redaction.text(message),
            retryable: kind != .unknownAccount, disposition: passes.contains(kind) ? .retry : .holdAccount)
    }
}
