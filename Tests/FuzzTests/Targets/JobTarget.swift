import EventLoop
import JSON
import QueryWorker
import WeChat

/// A record's value is a job, which is read from its own ids again, or gets an `invalid_job` reply.
@EventLoopActor
final class JobTarget: FuzzTarget {
    private static let accounts = ["wxABC", "wxdef"]
    private let decoder = QueryJobDecoder(accounts: accounts, defaultAccount: accounts[0])
    private let replies = ReplyCheck()

    func run(_ input: [UInt8]) throws(Violation) -> Verdict {
        switch decode(input) {
        case .job(let job):
            try check(job)
            try replies.check(.succeeded(ApplyCodeQueryResult(status: "INIT")), of: job.identity)
            return .accepted
        case .refused(let identity, let failure):
            try check(failure)
            try replies.check(.failed(failure), of: identity)
            return .refused
        }
    }

    private func decode(_ bytes: [UInt8]) -> QueryJobDecoder.Decoded { bytes.withUnsafeBytes { decoder.decode($0) } }

    private func check(_ job: QueryJob) throws(Violation) {
        let identity = job.identity
        try require(identity.jobID.map { (1...128).contains($0.unicodeScalars.count) } ?? false, "job_id: \(job)")
        try require(identity.operation == QueryJob.operation, "operation: \(job)")
        try require(Self.accounts.contains(job.account) && identity.account == job.account, "account: \(job)")
        try require(job.query.applicationID != nil || job.query.isvApplicationID != nil, "no id: \(job)")
        try require(job.query.applicationID != 0, "application_id: \(job)")
        try require(job.query.isvApplicationID.map { (1...128).contains($0.utf8.count) } ?? true, "isv id: \(job)")
        switch identity.request?.applicationID {
        case .number(let number): try require(number == job.query.applicationID, "another id is asked for: \(job)")
        case .text(let text): try require(text == job.query.applicationID.map { "\($0)" }, "another id: \(job)")
        case nil: try require(job.query.applicationID == nil, "an id that was not given: \(job)")
        }
        try require(identity.request?.isvApplicationID == job.query.isvApplicationID, "another isv id: \(job)")
        guard case .job(let again) = decode(rewritten(job)) else {
            throw Violation("refused when written anew: \(job)")
        }
        // Years outside of 0 to 9999, which zones bring about, are written as the nearest end.
        let isSame = again.identity == identity && again.query == job.query
        try require(
            isSame && again.deadline?.rfc3339 == job.deadline?.rfc3339,
            "another job when written anew: \(job), \(again)")
    }

    /// The job as another publisher would write it.
    private func rewritten(_ job: QueryJob) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("deadline")
        if let deadline = job.deadline { writer.string(deadline.rfc3339) } else { writer.null() }
        writer.key("account")
        writer.string(job.account)
        switch job.identity.request?.applicationID {
        case .number(let number):
            writer.key("application_id")
            writer.integer(number)
        case .text(let text):
            writer.key("application_id")
            writer.string(text)
        case nil: break
        }
        if let id = job.query.isvApplicationID {
            writer.key("isv_application_id")
            writer.string(id)
        }
        writer.key("job_id")
        writer.string(job.identity.jobID ?? "")
        writer.endObject()
        return writer.bytes
    }

    private func check(_ failure: JobFailure) throws(Violation) {
        try require([.invalidJob, .api(.unknownAccount)].contains(failure.kind), "kind: \(failure)")
        try require((1...512).contains(failure.message.utf8.count), "length of the message: \(failure)")
        let isControl = { (scalar: Unicode.Scalar) in scalar.properties.generalCategory == .control }
        try require(!failure.message.unicodeScalars.contains(where: isControl), "control character: \(failure)")
        try require(!failure.isRetryable, "the same record would be no job again: \(failure)")
        // Nothing of a broken record stays behind.
        guard case .job = decode(Array(#"{"job_id":"a1","application_id":7}"#.utf8)) else {
            throw Violation("a job is refused after this record")
        }
    }
}
