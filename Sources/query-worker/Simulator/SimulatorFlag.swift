/// A flag of `simulate`: how its value is read, and what it changes.
struct SimulatorFlag: Sendable {
    /// What a good value looks like. Nil for a flag without a value.
    let wanted: String?
    /// While the simulator runs, it may not be given.
    let isFixed: Bool
    /// False means that the value is not what is wanted.
    let apply: @Sendable (inout SimulatorOptions, String) -> Bool

    /// By name, with the hyphens.
    static let all = [answers, latencies, accounts, components, faults, refusals].reduce(into: [:]) { all, group in
        all.merge(group) { _, _ in preconditionFailure("a flag of the simulator is there twice") }
    }

    init(_ wanted: String, isFixed: Bool = false, _ apply: @escaping @Sendable (inout SimulatorOptions, String) -> Bool)
    {
        self.wanted = "wanted: \(wanted)"
        self.isFixed = isFixed
        self.apply = apply
    }

    private init(switch apply: @escaping @Sendable (inout SimulatorOptions) -> Void) {
        wanted = nil
        isFixed = false
        self.apply = { options, _ in
            apply(&options)
            return true
        }
    }

    // MARK: Kinds of flags

    static func `switch`(_ apply: @escaping @Sendable (inout SimulatorOptions) -> Void) -> SimulatorFlag {
        SimulatorFlag(switch: apply)
    }

    static func `switch`(
        _ path: any WritableKeyPath<SimulatorOptions, Bool> & Sendable, to value: Bool
    ) -> SimulatorFlag {
        SimulatorFlag(switch: { $0[keyPath: path] = value })
    }

    static func rate(_ path: any WritableKeyPath<SimulatorOptions, Double> & Sendable) -> SimulatorFlag {
        SimulatorFlag("a probability from 0 to 1, as in 0.05") { set(&$0[keyPath: path], probability($1)) }
    }

    static func duration(
        _ path: any WritableKeyPath<SimulatorOptions, Duration> & Sendable, from least: Duration = .zero
    ) -> SimulatorFlag {
        let text = least > .zero ? "a duration from 1s on, as in 7200s" : "a duration, as in 300s"
        return SimulatorFlag(text) {
            set(&$0[keyPath: path], Duration(argument: $1).flatMap { $0 >= least ? $0 : nil })
        }
    }

    // MARK: Parts of values

    static func set<Value>(_ option: inout Value, _ value: Value?) -> Bool {
        guard let value else { return false }
        option = value
        return true
    }

    static func probability(_ text: some StringProtocol) -> Double? {
        Double(text).flatMap { (0...1).contains($0) ? $0 : nil }
    }

    /// Splits at the last `=`, since an id may contain one.
    static func pair(_ text: String) -> (String, String)? {
        guard let separator = text.lastIndex(of: "="), separator > text.startIndex else { return nil }
        return (String(text[..<separator]), String(text[text.index(after: separator)...]))
    }

    /// Splits `NAME=VALUE` at the first `=`: names of accounts contain none, and secrets may. Neither is empty.
    static func assignment(_ text: String) -> (name: String, value: String)? {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        return parts.count == 2 && !text.hasPrefix("=") ? (parts[0], parts[1]) : nil
    }

    /// Splits `[APPID:]VALUE`.
    static func perAccount(_ text: String) -> (appid: String?, value: String)? {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return (nil, text) }
        return parts[0].isEmpty ? nil : (parts[0], parts[1])
    }
}
