internal import EventLoop
internal import HTTP
internal import JSON

/// Tells success from failure in what WeChat answered. Errors come with status 200 and with any content type, so the
/// body decides wherever there is one that can be read.
@EventLoopActor
final class AnswerJudge {
    private static let longestRetryAfter = Duration.seconds(3600)

    private let document = JSONDocument(maximumLength: 1 << 20)
    private let clock: any LoopClock

    init(clock: any LoopClock) { self.clock = clock }

    /// - Parameter secrets: what the request carried; masked in WeChat's messages, which can repeat a request.
    /// - Returns: the answer's JSON, good until the next call.
    func judge(
        _ response: HTTPResponse, from endpoint: WeChatErrorCode.Endpoint, secrets: @autoclosure () -> [String]
    ) throws(APIFailure) -> JSONValue {
        let parsed = Result { () throws(JSONError) in try document.parse(response.body) }
        let root = try? parsed.get()
        let errcode = root?.member("errcode")
        // The contract gives replies 32 bits for it.
        let code = errcode?.lenientInt64.flatMap { Int32(exactly: $0) }.map { Int($0) }
        if let failure = statusFailure(response, hasErrcode: code ?? 0 != 0) {
            throw complete(failure, response, root, code, secrets())
        }
        switch parsed {
        case .failure(let error): throw .unreadable("the answer is \(error)", httpStatus: response.status)
        case .success(let root):
            guard root.kind == .object else {
                throw .unreadable(
                    "the answer is \(root.kind), where an object was expected", httpStatus: response.status)
            }
            if let errcode, code == nil {
                throw .unreadable(
                    "errcode: an integer of 32 bits was expected, but found \(found(errcode))",
                    httpStatus: response.status)
            }
            guard let code, code != 0 else { return root }
            let meaning = WeChatErrorCode.meaning(of: code, at: endpoint)
            let failure = APIFailure(
                kind: meaning.kind, message: meaning.reason, retryable: meaning.retryable,
                disposition: meaning.disposition)
            throw complete(failure, response, root, code, secrets())
        }
    }

    private func found(_ errcode: JSONValue) -> String {
        errcode.kind == .integer ? "a longer one" : errcode.kind.description
    }

    /// What the status alone says. Below 500 an error code says more.
    private func statusFailure(_ response: HTTPResponse, hasErrcode: Bool) -> APIFailure? {
        switch response.status {
        case 200..<300: return nil
        case 500...:
            return APIFailure(kind: .busy, message: status(response), retryable: true, disposition: .retry)
        case 429:
            return APIFailure(kind: .rateLimited, message: status(response), retryable: true, disposition: .retry)
        default:
            // A proxy, or the wrong host. Not the job's fault, and nothing that a second would change.
            return hasErrcode ? nil : APIFailure(kind: .protocolError, message: status(response), retryable: true)
        }
    }

    private func status(_ response: HTTPResponse) -> String {
        "the server answered with HTTP status \(response.status)"
    }

    /// Adds what WeChat itself said.
    private func complete(
        _ failure: APIFailure, _ response: HTTPResponse, _ root: JSONValue?, _ code: Int?, _ secrets: [String]
    ) -> APIFailure {
        var failure = failure
        failure.httpStatus = response.status
        failure.errcode = code == 0 ? nil : code
        if let errmsg = root?.member("errmsg")?.string, !errmsg.isEmpty {
            failure.message = Redaction.text(errmsg, secrets: secrets)
            failure.rid = rid(in: errmsg)
        }
        // A date years ahead would be a proxy's mistake, and keep an account on hold until a restart.
        failure.retryAfter = response.retryAfter.map { min($0, Self.longestRetryAfter) }
        failure.retryAt = failure.retryAfter.map { clock.wallTime + $0 }
        return failure
    }

    /// `… rid: 6543a2b1-0a1b2c3d-12345678`, at the end of most messages.
    private func rid(in errmsg: String) -> String? {
        guard let mark = errmsg.firstRange(of: "rid:") else { return nil }
        let rid = errmsg[mark.upperBound...].drop { $0 == " " }.prefix { $0.isHexDigit || $0 == "-" }
        return rid.isEmpty || rid.utf8.count > 64 ? nil : String(rid)
    }
}
