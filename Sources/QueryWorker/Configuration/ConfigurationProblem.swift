/// One thing that is wrong with the configuration: which key, what was found, what is wanted, where to change it.
/// Never holds a secret.
package struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
    /// The key, or what stands in its place: a file's name, a variable's.
    package let subject: String
    package let explanation: String
    /// nil where the fault is that nothing is there.
    package let origin: ConfigurationOrigin?

    package init(_ subject: String, _ explanation: String, origin: ConfigurationOrigin? = nil) {
        self.subject = subject
        self.explanation = explanation
        self.origin = origin
    }

    package var description: String {
        switch origin {
        case nil: "\(subject): \(explanation)"
        case .environment(let variable) where variable == subject: "\(subject): \(explanation)"
        case .defaultValue?: "\(subject): \(explanation) (default)"
        case let origin?: "\(subject): \(explanation) (from \(origin))"
        }
    }
}
