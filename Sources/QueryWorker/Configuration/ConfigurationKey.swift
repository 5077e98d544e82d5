/// One setting that the worker reads: the only place that knows its name, what it accepts, its default and its purpose.
struct ConfigurationKey<Value: Sendable>: Sendable {
    let name: String
    let syntax: ValueSyntax<Value>
    let defaultValue: Value
    let unit: String
    let summary: String

    /// - Parameters:
    ///   - unit: what a number counts, or the kind of text; for people.
    ///   - summary: one sentence; for `query-worker config` and the README's table.
    init(
        _ name: String, _ syntax: ValueSyntax<Value>, default defaultValue: Value, unit: String, _ summary: String
    ) {
        self.name = name
        self.syntax = syntax
        self.defaultValue = defaultValue
        self.unit = unit
        self.summary = summary
    }

    /// The key that this one's pattern stands for: `account.<appid>.mode` with an account's, or a component's, appid.
    func forAccount(_ appID: String) -> Self {
        Self(name.replacing("<appid>", with: appID), syntax, default: defaultValue, unit: unit, summary)
    }

    var info: ConfigurationKeyInfo {
        ConfigurationKeyInfo(
            name: name, unit: unit, defaultText: syntax.format(defaultValue), wanted: syntax.wanted, summary: summary,
            isSecret: false)
    }
}
