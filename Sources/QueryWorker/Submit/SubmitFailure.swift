/// Why nothing more can be submitted, in words for whoever tries, and the exit code for it.
package struct SubmitFailure: Error, Hashable, CustomStringConvertible {
    package let description: String
    package let exitCode: Int32

    /// - Parameter finding: one that failed.
    init(_ finding: CheckFinding) {
        let remedy = finding.remedy.map { "; \($0)" } ?? ""
        description = "\(finding.subject): \(finding.found)\(remedy)"
        let cause: CheckFinding.Cause = if case .failed(let cause) = finding.status { cause } else { .fatal }
        exitCode = cause.exitCode
    }

    init(_ error: FileError) {
        self.init(CheckFinding(.failed(.configuration), CheckFinding.configuration, "\(error)"))
    }

    package init(badLines: String) {
        description = badLines
        exitCode = SubmitSummary.badLinesExitCode
    }
}
