/// Everything that is wrong with the configuration, at once; exit code 78.
package struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    package let problems: [ConfigurationProblem]

    package init(problems: [ConfigurationProblem]) { self.problems = problems }

    package var description: String {
        let heading = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return "\(heading) in the configuration:\n" + problems.map { "  \($0)" }.joined(separator: "\n")
    }
}
