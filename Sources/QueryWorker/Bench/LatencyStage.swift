/// What of a job's life is timed; the raw value names it in `/status`.
package enum LatencyStage: String, Sendable, CaseIterable {
    case queueWait = "queue_wait"
    case callWait = "call_wait"
    case call
    case process
    case publishWait = "publish_wait"

    package var title: String {
        switch self {
        case .queueWait: "queue wait"
        case .callWait: "call wait"
        case .call: "call"
        case .process: "processing"
        case .publishWait: "publish wait"
        }
    }
}
