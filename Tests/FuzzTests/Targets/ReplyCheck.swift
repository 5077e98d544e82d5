import EventLoop
import JSON
import QueryWorker
import WeChat

/// A reply is JSON whatever is in it, and says what it was made from, within the limits of its schema.
@EventLoopActor
final class ReplyCheck {
    private let document = JSONDocument()
    private var writer = JSONWriter()

    func check(_ outcome: QueryReply.Outcome, of identity: JobIdentity) throws(Violation) {
        let root = try written(outcome, of: identity)
        try require(root["job_id"]?.string == identity.jobID, "job_id of the reply: \(identity)")
        try require(root["account"]?.string == identity.account, "account of the reply: \(identity)")
        let request = root["request"]
        switch identity.request?.applicationID {
        case .number(let number): try require(request?["application_id"]?.uint64 == number, "request: \(identity)")
        case .text(let text): try require(request?["application_id"]?.string == text, "request: \(identity)")
        case nil: try require(request?["application_id"] == nil, "request: \(identity)")
        }
        try require(
            request?["isv_application_id"]?.string == identity.request?.isvApplicationID, "request: \(identity)")
        switch outcome {
        case .succeeded(let result): try check(root["result"], result)
        case .failed(let failure): try check(root["error"], failure)
        }
    }

    private func written(_ outcome: QueryReply.Outcome, of identity: JobIdentity) throws(Violation) -> JSONValue {
        let reply = QueryReply(
            identity: identity, outcome: outcome, attempts: 1, duration: .milliseconds(1),
            completedAt: WallTime(millisecondsSince1970: 0), source: JobSource(topic: "t", partition: 0, offset: 0))
        writer.removeAll()
        reply.write(to: &writer)
        do { return try document.parse(writer.bytes) } catch { throw Violation("the reply is \(error)") }
    }

    private func check(_ json: JSONValue?, _ result: ApplyCodeQueryResult) throws(Violation) {
        try require(json?["status"]?.string == result.status, "status: \(result)")
        try require(json?["application_id"]?.uint64 == result.applicationID, "application_id: \(result)")
        try require(json?["isv_application_id"]?.string == result.isvApplicationID, "isv_application_id: \(result)")
        let times = [result.createTime, result.updateTime]
        try require(times.allSatisfy { $0 ?? 0 >= 0 }, "a time before 1970, which the schema excludes: \(result)")
        let ranges = json?["code_generate_list"]?.elements.map(Array.init)
        try require(ranges?.count == result.codeGenerateList?.count, "number of ranges: \(result)")
        for (json, range) in zip(ranges ?? [], result.codeGenerateList ?? []) {
            let isSame = json["code_start"]?.uint64 == range.start && json["code_end"]?.uint64 == range.end
            try require(isSame && range.start <= range.end, "a range: \(range)")
        }
    }

    private func check(_ json: JSONValue?, _ failure: JobFailure) throws(Violation) {
        try require(json?["kind"]?.string == failure.kind.name, "kind: \(failure)")
        try require(json?["message"]?.string == failure.message, "message: \(failure)")
        try require(!failure.message.isEmpty, "no message: \(failure)")
        try require(failure.rid.map { !$0.isEmpty } ?? true, "an empty rid: \(failure)")
        try require(failure.errcode.map { Int32(exactly: $0) != nil } ?? true, "errcode is no int32: \(failure)")
    }
}
