/// How a setting's text is shown to people: what must not be seen becomes `***`.
enum SettingText {
    static func shown(_ text: String, of name: String) -> String {
        if ConfigurationNames.isSecret(name) { return text.isEmpty ? "" : Secret.mask }
        let tokenURL = ConfigurationNames.field(ofPattern: ConfigurationKeys.accountTokenURL.name)
        return ConfigurationNames.appIDParts(name)?.field == tokenURL[...] ? server(of: text) : withoutCredentials(text)
    }

    /// Scheme, host and port: what a token is asked for with may stand anywhere else in the URL. Nothing, where it is not
    /// sure which part is the host.
    private static func server(of url: String) -> String {
        guard !url.isEmpty else { return "" }
        guard let separator = url.range(ofSeparator: "://"), ["http", "https"].contains(url[..<separator.lowerBound])
        else { return Secret.mask }
        let scheme = url[..<separator.upperBound]
        let rest = url[separator.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        // A slash within a password would make its user the host.
        guard !rest[authority.endIndex...].contains("@"), AuthorityParts(host) != nil else {
            return scheme + Secret.mask
        }
        return scheme + host + (rest == host || rest == host + "/" ? "" : "/" + Secret.mask)
    }

    /// Masks `user:password` in a URL, whatever else is wrong with it.
    private static func withoutCredentials(_ text: String) -> String {
        guard let end = text.lastIndex(of: "@"), let separator = text.range(ofSeparator: "://"),
            separator.upperBound < end
        else { return text }
        return text[..<separator.upperBound] + Secret.mask + text[end...]
    }
}
