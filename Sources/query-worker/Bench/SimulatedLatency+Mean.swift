extension SimulatedLatency {
    /// What many calls take on average.
    var mean: Duration {
        switch self {
        case .fixed(let duration): duration
        case .uniform(let first, let last): (first + last) / 2
        case .logNormal(let mean, _): mean
        }
    }
}
