/// One line of `query-worker check`: what was looked at, what was found, and what to do where something is wrong.
/// Never holds a secret.
package struct CheckFinding: Hashable, Sendable {
    package enum Status: Hashable, Sendable {
        case ok
        /// The worker runs with it; its operator should know.
        case warning
        case failed(Cause)
        /// Could not be looked at, or need not be.
        case skipped

        /// For people and programs alike.
        package var name: String {
            switch self {
            case .ok: "ok"
            case .warning: "warning"
            case .failed: "failed"
            case .skipped: "skipped"
            }
        }
    }

    /// What a failure asks for; the most urgent first.
    package enum Cause: CaseIterable, Hashable, Sendable {
        /// The configuration or a topic must be changed.
        case configuration
        /// Credentials or permissions are missing.
        case permission
        /// Brokers or WeChat can't be reached, or anything else.
        case fatal

        /// As `run` would end for it.
        package var exitCode: Int32 {
            switch self {
            case .configuration: WorkerExit.configuration("").code
            case .permission: WorkerExit.permission("").code
            case .fatal: WorkerExit.fatal("").code
            }
        }
    }

    package let status: Status
    /// Such as `brokers`, or `topic query.requests`.
    package let subject: String
    package let found: String
    /// What to do about it; nil where there is nothing to do.
    package let remedy: String?

    package init(_ status: Status, _ subject: String, _ found: String, remedy: String? = nil) {
        self.status = status
        self.subject = subject
        self.found = found
        self.remedy = remedy
    }
}
