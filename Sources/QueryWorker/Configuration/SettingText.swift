/// How a setting's text is shown to people: what must not be seen becomes `***`.
enum SettingText {
    static func shown(_ text: String, of name: String) -> String {
        if ConfigurationNames.isSecret(name) { return text.isEmpty ? "" : Secret.mask }
        return withoutCredentials(text)
    }

    /// Masks `user:password` in a URL, whatever else is wrong with it.
    private static func withoutCredentials(_ text: String) -> String {
        guard let end = text.lastIndex(of: "@"), let separator = text.range(ofSeparator: "://"),
            separator.upperBound < end
        else { return text }
        return text[..<separator.upperBound] + Secret.mask + text[end...]
    }
}
