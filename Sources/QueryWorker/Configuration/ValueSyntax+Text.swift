internal import WeChat

extension ValueSyntax where Value == String {
    /// A topic's name by Kafka's own rules.
    static var topic: Self {
        ValueSyntax(wanted: topicRules, parse: { isTopicName($0) ? $0 : nil }, format: { $0 })
    }

    static func text(_ wanted: String) -> Self {
        ValueSyntax(wanted: wanted, parse: { $0.isEmpty || hasControlCharacters($0) ? nil : $0 }, format: { $0 })
    }

    static var path: Self { text("the path of a file") }

    static var directory: Self { text("the path of a directory") }

    static var bootstrapServers: Self {
        ValueSyntax(
            wanted: "brokers as host:port with commas between, such as kafka-1:9092,kafka-2:9092",
            parse: { text in
                let servers = text.split(separator: ",", omittingEmptySubsequences: false)
                return servers.allSatisfy { isServer($0.trimmed) } ? text : nil
            },
            format: { $0 })
    }

    /// What may stand in an id that becomes part of a transactional id, a log field and a metric's label.
    static var identifier: Self {
        ValueSyntax(
            wanted: "1 to 128 letters, digits, dots, underscores and hyphens",
            parse: { (1...128).contains($0.utf8.count) && $0.utf8.allSatisfy(isNameByte) ? $0 : nil },
            format: { $0 })
    }

    static var appID: Self {
        ValueSyntax(
            wanted: "an appid of 1 to 64 letters and digits, such as wx1234567890abcdef",
            parse: { isAppID($0) ? $0 : nil },
            format: { $0 })
    }
}

extension ValueSyntax where Value == AdminAddress {
    /// Port 0 takes any free one.
    static var listenAddress: Self {
        ValueSyntax(
            wanted: "an address of this machine and a port, such as 127.0.0.1:9464, [::1]:9464 or 0.0.0.0:9464",
            parse: { text in
                guard let parts = AuthorityParts(text[...], ports: 0...65_535), let port = parts.port else {
                    return nil
                }
                return AdminAddress(host: String(parts.host), port: UInt16(port))
            },
            format: \.description)
    }
}

extension ValueSyntax where Value == [String] {
    /// Topics with commas between; empty for none.
    static var topics: Self {
        ValueSyntax(
            wanted: "topics with commas between, each \(topicRules), or empty",
            parse: { text in
                if text.isEmpty { return [] }
                let names = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0.trimmed) }
                return names.allSatisfy(isTopicName) ? names : nil
            },
            format: { $0.joined(separator: ",") })
    }
}

private let topicRules = "1 to 249 letters, digits, dots, underscores and hyphens, and not . or .."

/// 0-9, A-Z, a-z, `.`, `_`, `-`.
func isNameByte(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == 0x2e || byte == 0x5f || byte == 0x2d }

private func isTopicName(_ name: String) -> Bool {
    (1...249).contains(name.utf8.count) && name.utf8.allSatisfy(isNameByte) && name != "." && name != ".."
}

func isAppID(_ text: some StringProtocol) -> Bool { CredentialName.isAppID(text) }

private func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
}

func hasControlCharacters(_ text: some StringProtocol) -> Bool {
    text.utf8.contains { $0 < 0x20 || $0 == 0x7f }
}

/// `host`, `host:port`, `[v6]:port`, each after an optional `PROTOCOL://`, as librdkafka reads them.
private func isServer(_ text: Substring) -> Bool {
    let address = text.range(ofSeparator: "://").map { text[$0.upperBound...] } ?? text
    return AuthorityParts(address) != nil
}
