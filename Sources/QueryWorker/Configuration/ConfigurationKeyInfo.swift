/// What people are told about a setting, whatever the type of its value.
package struct ConfigurationKeyInfo: Sendable {
    /// With `<appid>` or `*` where names vary.
    package let name: String
    package let unit: String
    /// Empty where there is none.
    package let defaultText: String
    /// Completes "should be …".
    package let wanted: String
    package let summary: String
    /// Never shown, and readable from a file too, by `<name>.file`.
    package let isSecret: Bool
}
