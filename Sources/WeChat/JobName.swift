/// What log lines call a job.
package struct JobName: Hashable, Sendable {
    package let id: String
    /// Of the trace that the job is part of (W3C Trace Context); nil where it is part of none.
    package let traceID: String?

    package init(id: String, traceID: String? = nil) {
        self.id = id
        self.traceID = traceID
    }
}

extension JobName: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) { self.init(id: value) }
}
