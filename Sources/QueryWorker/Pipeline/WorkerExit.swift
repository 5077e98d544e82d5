/// Why the worker ended, and the process's exit code for it.
package enum WorkerExit: Hashable, Sendable {
    /// Asked to stop, and stopped in order.
    case drained
    /// The operator must change the configuration, or a topic.
    case configuration(String)
    /// Credentials or permissions are missing.
    case permission(String)
    /// Nothing that waiting would mend.
    case fatal(String)
    /// A partition no longer fetches; a new process may.
    case stuck(String)

    /// For the operator; nil where there is nothing to explain.
    package var reason: String? {
        switch self {
        case .drained: nil
        case .configuration(let reason), .permission(let reason), .fatal(let reason), .stuck(let reason): reason
        }
    }

    package var code: Int32 {
        switch self {
        case .drained: 0
        case .configuration: 78
        case .permission: 77
        case .fatal: 70
        case .stuck: 75
        }
    }
}
