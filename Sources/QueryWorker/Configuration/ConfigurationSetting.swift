/// A row of `query-worker config`: a key and what it amounts to.
package struct ConfigurationSetting: Hashable, Sendable {
    package let key: String
    /// The effective text, `***` for a secret, empty if there is none.
    package let value: String
    package let defaultText: String
    package let unit: String
    package let origin: ConfigurationOrigin
    package let summary: String
}
