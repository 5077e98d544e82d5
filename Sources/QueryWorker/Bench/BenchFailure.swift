internal import EventLoop
package import Kafka

/// Why a bench cannot go on, in words for whoever runs it, and the exit code for it.
package struct BenchFailure: Error, Hashable, CustomStringConvertible {
    package let description: String
    package let exitCode: Int32

    package init(_ description: String, exitCode: Int32 = CheckFinding.Cause.fatal.exitCode) {
        self.description = description
        self.exitCode = exitCode
    }

    /// - Parameter grant: completes "grant …", for permissions that are missing.
    package init(_ subject: String, _ error: KafkaError, grant: String) {
        let finding = CheckFinding(subject, error, grant: grant)
        let remedy = finding.remedy.map { "; \($0)" } ?? ""
        let cause: CheckFinding.Cause = if case .failed(let cause) = finding.status { cause } else { .fatal }
        self.init("\(subject): \(finding.found)\(remedy)", exitCode: cause.exitCode)
    }

    package init(stoppedBy signal: Int32) { self.init("stopped", exitCode: 128 + signal) }
}
