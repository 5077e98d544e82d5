extension ValueSyntax where Value == String {
    /// A server's address without query, fragment or credentials; a slash at the end is dropped, because paths are
    /// appended.
    static var baseURL: Self {
        ValueSyntax(
            wanted: "an http or https URL without credentials, query and fragment, such as https://api.weixin.qq.com",
            parse: { text in
                guard let rest = remainder(of: text, afterScheme: ["https", "http"]),
                    !rest.contains(where: { $0 == "?" || $0 == "#" || $0 == "@" }),
                    AuthorityParts(rest.prefix { $0 != "/" }) != nil
                else { return nil }
                return text.hasSuffix("/") ? String(text.dropLast()) : text
            },
            format: { $0 })
    }

    /// Where a token is to be had; may hold credentials, and a query.
    static var tokenURL: Self {
        ValueSyntax(
            wanted: "an http or https URL without a fragment, such as https://tokens.example/wx1234567890abcdef",
            parse: { text in
                guard let rest = remainder(of: text, afterScheme: ["https", "http"]), !rest.contains("#") else {
                    return nil
                }
                let authority = rest.prefix { $0 != "/" && $0 != "?" }
                let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
                return AuthorityParts(host) == nil ? nil : text
            },
            format: { $0 })
    }

    static var proxyURL: Self {
        let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]
        return ValueSyntax(
            wanted: "a proxy as scheme://[user:password@]host:port, the scheme one of "
                + schemes.joined(separator: ", "),
            parse: { text in
                guard let rest = remainder(of: text, afterScheme: schemes) else { return nil }
                let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
                let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
                return AuthorityParts(host) == nil ? nil : text
            },
            format: { $0 })
    }
}

private func remainder(of url: String, afterScheme schemes: [String]) -> Substring? {
    guard let separator = url.range(ofSeparator: "://"), schemes.contains(String(url[..<separator.lowerBound])),
        !hasControlCharacters(url), !url.contains(" ")
    else { return nil }
    return url[separator.upperBound...]
}
