internal import WeChat

extension LogMetadata {
    /// Names a job on a line about it, as all lines do: `job_id`, `trace_id` if it is part of a trace, `account` if that is
    /// known. Without the id of a record that was too broken to read it.
    init(_ job: JobName, account: String?) {
        self = [:]
        if !job.id.isEmpty { append("job_id", .string(job.id)) }
        if let traceID = job.traceID { append("trace_id", .string(traceID)) }
        if let account { append("account", .string(account)) }
    }
}
