import EventLoop
import HTTP
import JSON
import QueryWorker

@testable import WeChat

/// An answer's body is a result or a token, or a failure of a known kind that tells no secret.
@EventLoopActor
final class AnswerTarget: FuzzTarget {
    private let query = ApplyCodeQuery(applicationID: 581_865_877)
    private let judge = AnswerJudge(clock: SystemClock.shared)
    private let replies = ReplyCheck()
    private let identity = JobIdentity(
        jobID: "a1", operation: QueryJob.operation, account: "wxABC",
        request: RequestedIDs(applicationID: .number(581_865_877)))

    func run(_ input: [UInt8]) throws(Violation) -> Verdict {
        try check(read(input, from: .token) { json throws(UnreadableAnswer) in try FetchedToken(json) })
        try checkServerError(input)
        let answer = read(input, from: .business) { json throws(UnreadableAnswer) in
            try APIOperation.applyCodeQuery(query).answer(json)
        }
        switch answer {
        case .success(.applyCodeQuery(let result)):
            try require([nil, query.applicationID].contains(result.applicationID), "about another job: \(result)")
            try replies.check(.succeeded(result), of: identity)
            return .accepted
        case .failure(let failure):
            try check(failure)
            return .refused
        }
    }

    /// As `FailureJudge` and `TokenCalls` do it.
    private func read<Answer>(
        _ body: [UInt8], from endpoint: WeChatErrorCode.Endpoint, status: Int = 200,
        _ read: (JSONValue) throws(UnreadableAnswer) -> Answer
    ) -> Result<Answer, APIFailure> {
        let response = HTTPResponse(status: status, body: body)
        do throws(APIFailure) {
            let json = try judge.judge(response, from: endpoint, secrets: [FuzzSecret.text])
            do throws(UnreadableAnswer) { return .success(try read(json)) } catch {
                throw APIFailure.unreadable(error.problem, httpStatus: status)
            }
        } catch { return .failure(error) }
    }

    private func check(_ token: Result<FetchedToken, APIFailure>) throws(Violation) {
        switch token {
        case .success(let fetched):
            try require(!fetched.token.value.isEmpty && fetched.lifetime > .zero, "a token that is none")
        case .failure(let failure): try check(failure)
        }
    }

    private func checkServerError(_ body: [UInt8]) throws(Violation) {
        let answer = read(body, from: .business, status: 502) { _ in }
        guard case .failure(let failure) = answer, failure.kind == .busy else {
            throw Violation("status 502 is \(answer)")
        }
        try check(failure)
    }

    private func check(_ failure: APIFailure) throws(Violation) {
        try require(failure.message.utf8.count <= Redaction.maxBytes, "length of the message: \(failure)")
        try FuzzSecret.check(failure.message)
        try replies.check(.failed(JobFailure(failure)), of: identity)
    }
}
