/// Errors that calls get because the simulator was told so, each with its probability.
struct SimulatedErrors: Sendable {
    private struct Entry {
        let appid: String?
        let code: SimulatedErrorCode
        var rate: Double
    }

    private var entries: [Entry] = []

    /// - Parameter appid: nil for all accounts.
    mutating func set(_ code: SimulatedErrorCode, rate: Double, for appid: String?) {
        entries.removeAll { $0.appid == appid && $0.code == code }
        entries.append(Entry(appid: appid, code: code, rate: rate))
    }

    mutating func removeAll() { entries = [] }

    /// At most one strikes a call: what their rates have above 1 in sum is of no effect. Takes one number from the
    /// generator if there is any error at all.
    func draw(for appid: String?, using generator: inout SplitMix64) -> SimulatedErrorCode? {
        guard !entries.isEmpty else { return nil }
        var rest = Double.random(in: 0..<1, using: &generator)
        for entry in entries where entry.appid == nil || entry.appid == appid {
            if rest < entry.rate { return entry.code }
            rest -= entry.rate
        }
        return nil
    }
}
