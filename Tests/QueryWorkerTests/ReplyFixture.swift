import EventLoop
import JSON
import QueryWorker
import WeChat

/// The replies of the contract's examples, to be varied.
enum ReplyFixture {
    static let source = JobSource(topic: "query.requests", partition: 3, offset: 1042)
    static let completedAt = WallTime(millisecondsSince1970: 1_795_568_523_456)

    static let identity = JobIdentity(
        jobID: "a1", operation: "applycodequery", account: "wx1",
        request: RequestedIDs(applicationID: .text("581865877")))

    static func reply(
        _ outcome: QueryReply.Outcome, identity: JobIdentity = identity, attempts: Int = 1,
        source: JobSource = source
    ) -> QueryReply {
        QueryReply(
            identity: identity, outcome: outcome, attempts: attempts, duration: .microseconds(41_999),
            completedAt: completedAt, source: source)
    }

    static let succeeded = reply(
        .succeeded(
            ApplyCodeQueryResult(
                status: "FINISH", applicationID: 581_865_877, isvApplicationID: "x",
                codeGenerateList: [ApplyCodeQueryResult.CodeRange(start: 0, end: 49_999)], createTime: 1_541_484_422,
                updateTime: 1_541_484_422)))

    /// A failure of each kind, with all that it may carry.
    static let failures: [JobFailure] = JobFailure.Kind.all.map { kind in
        switch kind {
        case .api(let kind):
            JobFailure(
                APIFailure(
                    kind: kind, errcode: -1, message: "system busy", rid: "6543-1-2", retryable: true,
                    retryAt: WallTime(millisecondsSince1970: 1_795_568_583_000)))
        default:
            JobFailure(kind, "it failed")
        }
    }
}

extension QueryReply {
    var json: String {
        var writer = JSONWriter()
        write(to: &writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
