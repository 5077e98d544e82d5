extension CheckFinding {
    /// A line for each problem and each warning; one if there is neither.
    package static func findings(in report: ConfigurationReport) -> [CheckFinding] {
        let problems = report.problems.map { CheckFinding(.failed(.configuration), configuration, "\($0)") }
        let warnings = report.warnings.map { CheckFinding(.warning, configuration, $0) }
        guard problems.isEmpty else {
            let rest = ["brokers", "accounts"].map {
                CheckFinding(.skipped, $0, "the configuration must be right first")
            }
            return problems + warnings + rest
        }
        return warnings.isEmpty ? [CheckFinding(.ok, configuration, "complete, without contradictions")] : warnings
    }

    static let configuration = "configuration"
}
