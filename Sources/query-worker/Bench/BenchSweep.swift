internal import QueryWorker

/// What a sweep changes from step to step.
enum BenchSweep: String, CaseIterable {
    case latency
    case concurrency
    case partitions
    case instances

    /// Those that are taken unless told otherwise.
    var usualSteps: [String] {
        switch self {
        case .latency: ["0ms", "1ms", "5ms", "20ms", "50ms", "100ms", "200ms"]
        case .concurrency: ["1", "4", "16", "64", "128", "256", "512", "1024"]
        case .partitions: ["1", "2", "4", "8", "16", "32", "64", "128"]
        case .instances: ["1", "2", "3", "4"]
        }
    }

    /// The flag whose place the steps take.
    var flag: String {
        switch self {
        case .latency: "--latency"
        case .concurrency: "--in-flight"
        case .partitions: "--partitions"
        case .instances: "--instances"
        }
    }

    /// Where concurrency or instances are to make a difference, calls must take a while; and each of one to four instances
    /// should get as many partitions as the others.
    var usualValues: [String: String] {
        switch self {
        case .latency, .partitions: [:]
        case .concurrency: ["--latency": "20ms"]
        case .instances: ["--latency": "20ms", "--partitions": "12"]
        }
    }

    var stepTitle: String {
        switch self {
        case .latency: "latency of a call"
        case .concurrency: "calls in flight"
        case .partitions: "partitions"
        case .instances: "instances"
        }
    }
}
