internal import EventLoop
internal import Glibc

/// How long simulated calls take.
enum SimulatedLatency: Equatable, Sendable {
    case fixed(Duration)
    case uniform(from: Duration, to: Duration)
    /// Like real services: most calls near the mean, a few far above. `sigma` is the logarithm's deviation.
    case logNormal(mean: Duration, sigma: Double)

    private static let longest = Duration.seconds(3600)

    /// Reads `5ms`, `uniform:1ms,20ms` or `lognormal:30ms,0.5`. Nil for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else {
            guard let duration = Duration(argument: text) else { return nil }
            self = .fixed(duration)
            return
        }
        let values = parts[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard values.count == 2, let first = Duration(argument: values[0]) else { return nil }
        switch parts[0] {
        case "uniform":
            guard let last = Duration(argument: values[1]), first <= last else { return nil }
            self = .uniform(from: first, to: last)
        case "lognormal":
            guard let sigma = Double(values[1]), (0...10).contains(sigma), first > .zero else { return nil }
            self = .logNormal(mean: first, sigma: sigma)
        default:
            return nil
        }
    }

    func draw(using generator: inout SplitMix64) -> Duration {
        switch self {
        case .fixed(let duration):
            return duration
        case .uniform(let first, let last):
            return .nanoseconds(Int64.random(in: first.wholeNanoseconds...last.wholeNanoseconds, using: &generator))
        case .logNormal(let mean, let sigma):
            // Box and Muller: two uniform numbers make one that is normally distributed.
            let radius = sqrt(-2 * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &generator)))
            let normal = radius * cos(2 * .pi * Double.random(in: 0..<1, using: &generator))
            let seconds = mean.inSeconds * exp(sigma * normal - sigma * sigma / 2)
            return min(Self.longest, .seconds(min(seconds, Self.longest.inSeconds)))
        }
    }
}
