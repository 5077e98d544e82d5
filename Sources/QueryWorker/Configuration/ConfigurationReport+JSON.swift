internal import FoundationEssentials

extension ConfigurationReport {
    /// The whole report for programs: `settings`, `warnings`, `problems`.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Document(self)), as: UTF8.self) + "\n"
    }

    private struct Document: Encodable {
        let settings: [Setting]
        let warnings: [String]
        let problems: [Problem]

        init(_ report: ConfigurationReport) {
            settings = report.settings.map(Setting.init)
            warnings = report.warnings
            problems = report.problems.map(Problem.init)
        }
    }

    private struct Setting: Encodable {
        let key: String
        let value: String
        let `default`: String
        let unit: String
        let from: String
        let summary: String

        init(_ setting: ConfigurationSetting) {
            key = setting.key
            value = setting.value
            `default` = setting.defaultText
            unit = setting.unit
            from = "\(setting.origin)"
            summary = setting.summary
        }
    }

    private struct Problem: Encodable {
        let key: String
        let explanation: String
        let from: String?

        init(_ problem: ConfigurationProblem) {
            key = problem.subject
            explanation = problem.explanation
            from = problem.origin.map { "\($0)" }
        }
    }
}
