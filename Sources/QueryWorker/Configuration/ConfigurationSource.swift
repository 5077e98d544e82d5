/// What one file, the environment or the command line says, and what is wrong with how it says it.
struct ConfigurationSource: Sendable {
    /// In the order in which they stand there; names as they are spelled there.
    var entries: [ConfigurationEntry] = []
    var problems: [ConfigurationProblem] = []
    var warnings: [String] = []

    /// The `--set key=value` arguments.
    static func commandLine(_ assignments: [String]) -> Self {
        var source = Self()
        for assignment in assignments {
            guard let separator = assignment.firstIndex(of: "=") else {
                source.problems.append(
                    ConfigurationProblem("--set", "\"\(assignment)\" has no =; write --set key=value"))
                continue
            }
            let name = String(assignment[..<separator].trimmed)
            let text = String(assignment[assignment.index(after: separator)...])
            source.entries.append(ConfigurationEntry(name: name, text: text, origin: .commandLine))
            if ConfigurationNames.isSecret(name) {
                source.warnings.append(
                    "\(name) on the command line is seen by all who can list processes; use \(name).file or the environment"
                )
            }
        }
        return source
    }
}
