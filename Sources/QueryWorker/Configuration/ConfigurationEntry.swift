/// One key and the text that one source gives it.
struct ConfigurationEntry: Hashable, Sendable {
    /// As `ConfigurationNames.canonical` spells it once the entry is merged; as the source spelled it before.
    var name: String
    let text: String
    let origin: ConfigurationOrigin
}
