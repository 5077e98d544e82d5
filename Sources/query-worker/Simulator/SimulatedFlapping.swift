internal import EventLoop
internal import Glibc

/// Good tokens that are refused for a while, as users of WeChat report: the same token is then good again, and nothing
/// tells why. Each account has bursts of its own, which follow from the seed and the time since its first call.
///
/// Bursts and the calm between them last as long as exponential distributions say, with means in the proportion of the
/// rate: of calls that are made evenly, that share is refused. Without a length of bursts each call is drawn by itself.
struct SimulatedFlapping: Sendable {
    private struct Weather {
        var generator: SplitMix64
        var isBurst: Bool
        var until: MonotonicTime
    }

    var rates = SimulatedSetting<Double>()
    /// The mean.
    var burst = Duration.zero
    private var weathers: [String: Weather] = [:]

    /// Whether a call of the account is refused.
    mutating func refuses(_ appid: String, at now: MonotonicTime, seed: UInt64) -> Bool {
        guard let rate = rates[appid], rate > 0 else { return false }
        guard rate < 1 else { return true }
        var weather = weathers[appid] ?? start(of: appid, rate: rate, at: now, seed: seed)
        defer { weathers[appid] = weather }
        guard burst > .zero else { return Double.random(in: 0..<1, using: &weather.generator) < rate }
        // Nobody saw the weather of a long time without calls, so none of it is played through.
        if now - weather.until > burst * 1000 { weather.until = now }
        while weather.until <= now {
            weather.isBurst.toggle()
            weather.until = weather.until + length(isBurst: weather.isBurst, rate: rate, using: &weather.generator)
        }
        return weather.isBurst
    }

    private func start(of appid: String, rate: Double, at now: MonotonicTime, seed: UInt64) -> Weather {
        var generator = SplitMix64(seed: seed ^ appid.hash64)
        let isBurst = Double.random(in: 0..<1, using: &generator) < rate
        let length = length(isBurst: isBurst, rate: rate, using: &generator)
        return Weather(generator: generator, isBurst: isBurst, until: now + length)
    }

    private func length(isBurst: Bool, rate: Double, using generator: inout SplitMix64) -> Duration {
        let mean = isBurst ? burst.inSeconds : burst.inSeconds * (1 - rate) / rate
        let drawn = -mean * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &generator))
        // Never nothing, which would not move the time.
        return max(.microseconds(1), .seconds(min(drawn, 86_400)))
    }
}

extension String {
    /// FNV-1a: the same text gets the same number in every run.
    var hash64: UInt64 { utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 } }
}
