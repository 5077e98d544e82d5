extension QueryJob {
    /// The fields of `query-request.v1`: all that is read of a job.
    package enum Field: CaseIterable, Sendable {
        case jobID
        case operation
        case account
        case applicationID
        case isvApplicationID
        case deadline

        package var name: StaticString {
            switch self {
            case .jobID: "job_id"
            case .operation: "operation"
            case .account: "account"
            case .applicationID: "application_id"
            case .isvApplicationID: "isv_application_id"
            case .deadline: "deadline"
            }
        }
    }
}
