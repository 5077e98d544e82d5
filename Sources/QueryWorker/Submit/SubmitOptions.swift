/// How jobs are submitted.
package struct SubmitOptions: Sendable {
    /// For every job in place of its ids.
    package var key: [UInt8]?
    /// How long a job waits for its reply; without `waits`, for the brokers to take it.
    package var timeout: Duration
    /// Whether replies are waited for at all.
    package var waits = true
    /// How many jobs may wait at once.
    package var maxWaiting = 1_000

    package init(timeout: Duration) { self.timeout = timeout }
}

/// Where the jobs come from.
package enum SubmitSource {
    case job([UInt8])
    case lines(JobLines)
}

/// Where a submitter says things. Called on its thread.
package protocol SubmitOutput {
    /// A reply's value, byte for byte.
    /// - Returns: `errno` if it could not be written; `EPIPE` where nobody reads them any more.
    func reply(_ value: [UInt8]) -> Int32?
    /// A line for people.
    func notice(_ text: String)
    func progress(_ progress: SubmitProgress)
}
