internal import Glibc

/// Why a child process did not do what a test waits for. The description ends with what the process printed last.
package enum ChildProcessError: Error, CustomStringConvertible, Sendable {
    case notBuilt(path: String)
    case notStarted(path: String, errorNumber: Int32)
    /// `expected` names what did not come, such as `a line containing "ready"`.
    case timedOut(expected: String, limit: Duration, lastLines: [String])
    case exited(status: Int32, expected: String, lastLines: [String])

    package var description: String {
        switch self {
        case .notBuilt(let path):
            "there is no executable \(path); build it first, and name the target as a dependency of the test target"
        case .notStarted(let path, let errorNumber):
            "\(path) cannot be started: \(String(cString: strerror(errorNumber)))"
        case .timedOut(let expected, let limit, let lastLines):
            "no \(expected) within \(limit)" + Self.quote(lastLines)
        case .exited(let status, let expected, let lastLines):
            "ended with status \(status) before \(expected)" + Self.quote(lastLines)
        }
    }

    private static func quote(_ lines: [String]) -> String {
        lines.isEmpty ? "; it printed nothing" : "; it printed last:\n" + lines.joined(separator: "\n")
    }
}
