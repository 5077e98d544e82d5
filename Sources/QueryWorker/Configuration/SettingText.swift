/// How a setting's text is shown to people: what must not be seen becomes `***`.
enum SettingText {
    static func shown(_ text: String, of name: String) -> String {
        if ConfigurationNames.isSecret(name) { return text.isEmpty ? "" : Secret.mask }
        let shown = withoutCredentials(text)
        let tokenURL = ConfigurationNames.field(ofPattern: ConfigurationKeys.accountTokenURL.name)
        return ConfigurationNames.appIDParts(name)?.field == tokenURL[...] ? withoutQuery(shown) : shown
    }

    /// What a token is asked for with may stand in the query; of what is no URL, anywhere.
    private static func withoutQuery(_ text: String) -> String {
        guard !text.isEmpty else { return text }
        guard text.range(ofSeparator: "://") != nil else { return Secret.mask }
        guard let query = text.firstIndex(where: { $0 == "?" || $0 == "#" }) else { return text }
        return text[...query] + Secret.mask
    }

    /// Masks `user:password` in a URL, whatever else is wrong with it.
    private static func withoutCredentials(_ text: String) -> String {
        guard let end = text.lastIndex(of: "@"), let separator = text.range(ofSeparator: "://"),
            separator.upperBound < end
        else { return text }
        return text[..<separator.upperBound] + Secret.mask + text[end...]
    }
}
