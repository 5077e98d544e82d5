internal import EventLoop
internal import JSON
internal import QueryWorker

/// What `query-worker submit` is asked to do, but for the configuration.
struct SubmitRequest: Equatable {
    /// One job's fields, as they were given.
    struct Job: Equatable {
        var jobID: String?
        var account: String?
        var applicationID: String?
        var isvApplicationID: String?
        /// As the job will say it.
        var deadline: WallTime?
    }

    enum Source: Equatable {
        case job(Job)
        case file(String)
        case standardInput
    }

    private(set) var source: Source
    private(set) var key: String?
    /// nil: long enough for a worker to answer.
    private(set) var timeout: Duration?
    private(set) var waits = true
    private(set) var maxWaiting = 1_000

    /// - Parameters:
    ///   - arguments: without those of the configuration.
    ///   - now: what a deadline in the form of a duration counts from.
    init(arguments: [String], now: WallTime = .current) throws(UsageError) {
        var options = try Self.options(arguments)
        var job = Job()
        job.jobID = try options.take("--job-id").map { id throws(UsageError) in
            try Self.require((1...128).contains(id.unicodeScalars.count), id, "--job-id wants 1 to 128 characters")
        }
        job.account = try options.take("--account").map { account throws(UsageError) in
            try Self.require(!account.isEmpty, account, "--account wants an appid")
        }
        job.applicationID = try options.take("--application-id").map(Self.applicationID)
        job.isvApplicationID = try options.take("--isv-application-id").map(Self.isvApplicationID)
        job.deadline = try options.take("--deadline").map { text throws(UsageError) in try Self.deadline(text, now) }
        key = options.take("--key")
        timeout = try options.take("--timeout").map { text throws(UsageError) in
            try Self.duration(text, "--timeout wants a duration from 1s to 24h, such as 90s or 5m")
        }
        if let text = options.take("--max-waiting") {
            guard let count = Int(text), (1...100_000).contains(count) else {
                throw UsageError("--max-waiting wants a whole number from 1 to 100000, but got \"\(text)\"")
            }
            maxWaiting = count
        }
        waits = options.take("--no-wait") == nil
        source = try Self.source(job, file: options.take("--file"), isStandardInput: options.take("--stdin") != nil)
    }

    /// The job as it is published; without an id if none was given.
    static func text(of job: Job) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        if let id = job.jobID {
            json.key("job_id")
            json.string(id)
        }
        if let account = job.account {
            json.key("account")
            json.string(account)
        }
        if let id = job.applicationID {
            // A string: readers that keep numbers in floating point see it whole in the reply.
            json.key("application_id")
            json.string(id)
        }
        if let id = job.isvApplicationID {
            json.key("isv_application_id")
            json.string(id)
        }
        if let deadline = job.deadline {
            json.key("deadline")
            json.string(deadline.rfc3339)
        }
        json.endObject()
        return json.bytes
    }

    // MARK: Arguments

    private static let valued = [
        "--application-id", "--isv-application-id", "--account", "--deadline", "--job-id", "--key", "--file",
        "--timeout", "--max-waiting",
    ]
    private static let bare = ["--stdin", "--no-wait"]

    private static func options(_ arguments: [String]) throws(UsageError) -> [String: String] {
        var options: [String: String] = [:]
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = argument == "-" ? "--stdin" : parts[0]
            guard options[name] == nil else { throw UsageError("\(name) is given twice") }
            if bare.contains(name), argument == "-" || parts.count == 1 {
                options[name] = ""
            } else if valued.contains(name) {
                guard let value = parts.count == 2 ? parts[1] : rest.popFirst() else {
                    throw UsageError("\(name) needs a value; --help tells which")
                }
                options[name] = value
            } else {
                throw UsageError("\(argument) is no argument of it; --help tells which are")
            }
        }
        return options
    }

    private static func source(_ job: Job, file: String?, isStandardInput: Bool) throws(UsageError) -> Source {
        guard file != nil || isStandardInput else {
            guard job.applicationID != nil || job.isvApplicationID != nil else {
                throw UsageError(
                    "say what to ask: --application-id ID, --isv-application-id ID, --file FILE, or - for standard "
                        + "input; --help tells more")
            }
            return .job(job)
        }
        guard job == Job() else {
            throw UsageError(
                "jobs of a file or of standard input say all themselves: --application-id, --isv-application-id, "
                    + "--account, --deadline and --job-id are for a single job")
        }
        guard let file, file != "-" else { return .standardInput }
        guard !isStandardInput else { throw UsageError("--file and standard input exclude each other") }
        return .file(file)
    }

    private static func applicationID(_ text: String) throws(UsageError) -> String {
        let isNumber = text.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt64(text) != nil
        return try require(
            isNumber && !text.hasPrefix("0"), text,
            "--application-id wants a number from 1 to 18446744073709551615 without leading zeros")
    }

    private static func isvApplicationID(_ text: String) throws(UsageError) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
        return try require(
            (1...128).contains(text.utf8.count) && isPlain, text,
            "--isv-application-id wants 1 to 128 bytes of UTF-8 without control characters")
    }

    private static func deadline(_ text: String, _ now: WallTime) throws(UsageError) -> WallTime {
        if let time = WallTime(rfc3339: text) { return time }
        let wanted =
            "--deadline wants a duration from 1s to 24h, such as 30s, or an RFC 3339 time such as "
            + "2026-11-25T09:30:00+08:00"
        return now + (try duration(text, wanted))
    }

    private static func duration(_ text: String, _ wanted: String) throws(UsageError) -> Duration {
        guard let duration = Duration(argument: text), (.seconds(1)...(.seconds(86_400))).contains(duration) else {
            throw UsageError("\(wanted), but got \"\(text)\"")
        }
        return duration
    }

    private static func require(
        _ isGood: Bool, _ text: String, _ wanted: String
    ) throws(UsageError) -> String {
        guard isGood else { throw UsageError("\(wanted), but got \"\(text)\"") }
        return text
    }
}

extension [String: String] {
    fileprivate mutating func take(_ name: String) -> String? { removeValue(forKey: name) }
}
