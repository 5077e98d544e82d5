package import EventLoop
internal import JSON
internal import WeChat

/// Reads `query-request.v1` records. Whatever the bytes are, the answer is a job or the reason why there is none.
@EventLoopActor
package final class QueryJobDecoder {
    /// The appids as configured, by their lower case: jobs may spell them in any.
    private let accounts: [String: String]
    private let defaultAccount: String?
    private let acceptsAnyAccount: Bool
    private let document = JSONDocument()

    /// - Parameters:
    ///   - accounts: the appids configured.
    ///   - defaultAccount: the one for jobs that name none.
    ///   - acceptsAnyAccount: whether an appid that is not configured is left to the client, which knows more accounts.
    package init(accounts: [String], defaultAccount: String?, acceptsAnyAccount: Bool = false) {
        self.accounts = Dictionary(accounts.map { ($0.lowercased(), $0) }) { first, _ in first }
        self.defaultAccount = defaultAccount
        self.acceptsAnyAccount = acceptsAnyAccount
    }

    package enum Decoded: Hashable, Sendable {
        case job(QueryJob)
        /// The identity holds what could be read.
        case refused(JobIdentity, JobFailure)
    }

    /// - Parameter value: the record's value; nil for a tombstone. Read within this call only.
    package func decode(_ value: UnsafeRawBufferPointer?) -> Decoded {
        guard let value, !value.isEmpty else {
            return .refused(JobIdentity(), invalid("the record has no value; a job is a JSON object"))
        }
        let root: JSONValue
        do {
            root = try parse(value.withoutFraming)
        } catch {
            return .refused(JobIdentity(), invalid("the record's value is \(error)"))
        }
        guard root.kind == .object else {
            return .refused(
                JobIdentity(), invalid("the record's value is \(root.kind); a job is a JSON object"))
        }
        return decode(root)
    }

    private func parse(_ text: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
        do {
            return try document.parse(text)
        } catch {
            // One number that does not fit 64 bits has the parser refuse all the rest with it: the job's name, and fields
            // that are none of our business.
            guard error == .invalidNumber else { throw error }
            return try document.parse(JSONNumbers.replacingThoseOutOfRange(in: text))
        }
    }

    private func decode(_ root: JSONValue) -> Decoded {
        // Each field is read even if another is broken: the reply names the job as far as it can.
        var failure: JobFailure?
        var identity = JobIdentity()
        identity.jobID = read(jobID, root, &failure)
        identity.operation = read(operation, root, &failure)
        identity.account = read(account, root, &failure)
        let applicationID = read(applicationID, root, &failure)
        let isvApplicationID = read(isvApplicationID, root, &failure)
        let deadline = read(deadline, root, &failure)
        if applicationID != nil || isvApplicationID != nil {
            identity.request = RequestedIDs(applicationID: applicationID?.given, isvApplicationID: isvApplicationID)
        } else if failure == nil {
            failure = invalid("a job needs application_id, isv_application_id, or both; it has neither")
        }
        if let failure { return .refused(identity, failure) }
        guard let asked = identity.account else {
            let message = "the job names no account, and account.default is not set at this worker"
            return .refused(identity, JobFailure(.api(.unknownAccount), message))
        }
        let passed = acceptsAnyAccount && isAppID(asked) ? asked : nil
        guard let account = accounts[asked.lowercased()] ?? passed else {
            // What is no appid by its length could make the reply larger than its topic takes.
            if asked.utf8.count > 128 { identity.account = nil }
            let message = "account \(quoted(asked)) is not configured at this worker"
            return .refused(identity, JobFailure(.api(.unknownAccount), message))
        }
        identity.account = account
        let query = ApplyCodeQuery(applicationID: applicationID?.number, isvApplicationID: isvApplicationID)
        return .job(QueryJob(identity: identity, account: account, query: query, deadline: deadline))
    }

    /// The field, or nil; the first failure is kept.
    private func read<Value>(
        _ field: (JSONValue) throws(JobFailure) -> Value?, _ root: JSONValue, _ failure: inout JobFailure?
    ) -> Value? {
        do {
            return try field(root)
        } catch {
            failure = failure ?? error
            return nil
        }
    }

    // MARK: Fields

    private func jobID(in root: JSONValue) throws(JobFailure) -> String? {
        let wanted = "job_id must be a string of 1 to 128 characters"
        guard let value = root.field(.jobID) else { throw invalid("\(wanted); it is missing") }
        guard let text = value.string else { throw invalid("\(wanted); it is \(value.kind)") }
        // Bytes first: counting characters is for the few that are long.
        guard text.utf8.count <= 128 || text.unicodeScalars.count <= 128 else {
            throw invalid("\(wanted); it has \(text.unicodeScalars.count)")
        }
        guard !text.isEmpty else { throw invalid("\(wanted); it is empty") }
        return text
    }

    private func operation(in root: JSONValue) throws(JobFailure) -> String? {
        guard let value = root.field(.operation) else { return QueryJob.operation }
        guard let text = value.string, text == QueryJob.operation else {
            let given = value.string.map(quoted) ?? value.kind.description
            throw invalid("operation must be \"\(QueryJob.operation)\", or left out; it is \(given)")
        }
        return text
    }

    private func account(in root: JSONValue) throws(JobFailure) -> String? {
        guard let value = root.field(.account) else { return defaultAccount }
        guard let text = value.string else {
            throw invalid("account must be an appid as a string, or left out; it is \(value.kind)")
        }
        guard !text.isEmpty else { throw invalid("account must be an appid as a string, or left out; it is empty") }
        return text
    }

    private func applicationID(
        in root: JSONValue
    ) throws(JobFailure) -> (given: RequestedIDs.ApplicationID, number: UInt64)? {
        guard let value = root.field(.applicationID) else { return nil }
        let wanted =
            "application_id must be an integer from 1 to 18446744073709551615, or the same as a decimal string without leading zeros"
        if let number = value.uint64, number > 0 { return (.number(number), number) }
        if let text = value.string {
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !text.hasPrefix("0"), let number = UInt64(text)
            else { throw invalid("\(wanted); it is a string that is none, of \(text.utf8.count) bytes") }
            return (.text(text), number)
        }
        let given =
            switch value.kind {
            case .integer: value.int64 == 0 ? "zero" : "negative"
            case .double: "a number that is none"
            default: value.kind.description
            }
        throw invalid("\(wanted); it is \(given)")
    }

    private func isvApplicationID(in root: JSONValue) throws(JobFailure) -> String? {
        guard let value = root.field(.isvApplicationID) else { return nil }
        let wanted = "isv_application_id must be a string of 1 to 128 bytes of UTF-8 without control characters"
        guard let text = value.string else { throw invalid("\(wanted); it is \(value.kind)") }
        guard (1...128).contains(text.utf8.count) else { throw invalid("\(wanted); it has \(text.utf8.count) bytes") }
        // Bytes first: most are plain, and need no decoding.
        let isPlain = text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
        guard isPlain || text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw invalid("\(wanted); it has a control character")
        }
        return text
    }

    private func deadline(in root: JSONValue) throws(JobFailure) -> WallTime? {
        guard let value = root.field(.deadline) else { return nil }
        guard let text = value.string, let time = WallTime(rfc3339: text) else {
            throw invalid("deadline must be an RFC 3339 time such as \"2026-11-25T01:02:03Z\"; it is no such time")
        }
        return time
    }

    /// For a message: without control characters, and cut by scalars, since one character can be as long as the record.
    private func quoted(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(64).map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
        return "\"\(String(String.UnicodeScalarView(shown)))\""
    }

    private func invalid(_ message: String) -> JobFailure { JobFailure(.invalidJob, message) }
}

extension QueryJob {
    package static let operation = "applycodequery"
}

extension JSONValue {
    /// A field that is left out and one that is null mean the same: serializers differ in which they write.
    fileprivate func field(_ field: QueryJob.Field) -> JSONValue? {
        guard let value = self[field.name], !value.isNull else { return nil }
        return value
    }
}

extension UnsafeRawBufferPointer {
    /// Without what some publishers put before the JSON: Confluent's prefix (a zero byte and a schema's number of four
    /// bytes), and a UTF-8 byte order mark.
    fileprivate var withoutFraming: UnsafeRawBufferPointer {
        var rest = self[...]
        if rest.count > 5, rest[rest.startIndex] == 0 { rest = rest.dropFirst(5) }
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        return UnsafeRawBufferPointer(rebasing: rest)
    }
}
