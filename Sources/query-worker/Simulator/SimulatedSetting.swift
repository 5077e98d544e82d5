/// A setting that may be another one for some accounts. Nil where there is none.
struct SimulatedSetting<Value: Sendable>: Sendable {
    private var general: Value?
    private var own: [String: Value] = [:]

    var isEmpty: Bool { general == nil && own.isEmpty }

    subscript(appid: String?) -> Value? { appid.flatMap { own[$0] } ?? general }

    /// - Parameter appid: nil for all accounts that have no value of their own.
    mutating func set(_ value: Value, for appid: String?) {
        if let appid { own[appid] = value } else { general = value }
    }
}
