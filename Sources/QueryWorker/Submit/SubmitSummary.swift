internal import EventLoop

/// How a submission ended: what it says last, and its exit code.
package struct SubmitSummary: Sendable {
    package let submission: Submission
    /// Lines that are no jobs, and were not published.
    package var badLines = 0
    /// Cut short: 128 and the number of the signal, as shells count.
    package var signal: Int32?
    /// Not acknowledged when it was cut short: may or may not be on the topic.
    package var unacknowledged = 0
    package var failure: SubmitFailure?
    package var elapsed = Duration.zero
    package var waits = true
    /// What every correlation id begins with.
    package var runID = ""

    static let badLinesExitCode: Int32 = 65

    package init(_ submission: Submission) { self.submission = submission }

    /// Jobs whose reply was wanted and is not there.
    package var unanswered: Int { waits ? submission.missingCount + submission.waiting.count : 0 }

    /// 0 all is well, 1 a reply tells of a failure, 2 a job has no reply or was not taken, 65 a line is no job; what cut it
    /// short comes first.
    package var exitCode: Int32 {
        if let failure { return failure.exitCode }
        if let signal { return 128 + signal }
        if unanswered + submission.undelivered > 0 { return 2 }
        if badLines > 0 { return Self.badLinesExitCode }
        return submission.failed > 0 ? 1 : 0
    }

    package var text: String {
        let taken = submission.published - submission.undelivered
        var parts: [String] = []
        if waits {
            parts.append("\(submission.succeeded) succeeded")
            if submission.failed > 0 { parts.append("\(submission.failed) failed") }
            if unanswered > 0 { parts.append("\(unanswered) without a reply") }
        }
        if submission.undelivered > 0 { parts.append("\(submission.undelivered) not published") }
        if unacknowledged > 0 { parts.append("\(unacknowledged) not acknowledged by the brokers yet") }
        if badLines == 1 { parts.append("1 line that is no job") }
        if badLines > 1 { parts.append("\(badLines) lines that are no jobs") }
        let details = parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
        let tenths = Int((elapsed.inSeconds * 10).rounded())
        return "\(taken) \(taken == 1 ? "job" : "jobs") published\(correlation)\(details); "
            + "\(tenths / 10).\(tenths % 10) s"
    }

    /// By which others find the replies that this program does not wait for.
    private var correlation: String {
        let last = submission.published
        guard !waits, last > 0 else { return "" }
        return last == 1 ? " (correlation-id \(runID)-1)" : " (correlation-id \(runID)-1 to \(runID)-\(last))"
    }
}
