package import EventLoop
package import JSON

/// Reads members strictly: what is kept here was written by this program, or by somebody who can be told what is wrong.
extension JSONValue {
    /// Nil if the member is missing or null.
    package func credentialText(_ name: StaticString) throws(UnreadableCredentials) -> String? {
        guard let value = member(name) else { return nil }
        guard let text = value.string else { throw .wrongType(name, wanted: "a string", value) }
        return text
    }

    /// Nil if the member is missing or null.
    package func credentialInteger(_ name: StaticString) throws(UnreadableCredentials) -> Int? {
        guard let value = member(name) else { return nil }
        guard let number = value.int64 else { throw .wrongType(name, wanted: "an integer", value) }
        return Int(number)
    }

    /// Nil if the member is missing or null.
    package func credentialTime(_ name: StaticString) throws(UnreadableCredentials) -> WallTime? {
        guard let text = try credentialText(name) else { return nil }
        guard let time = WallTime(rfc3339: text) else {
            throw UnreadableCredentials("\(name): a time as RFC 3339 was expected, but found other text")
        }
        return time
    }
}

extension JSONWriter {
    /// Nothing for nil.
    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        key(name)
        string(value)
    }
}

extension UnreadableCredentials {
    package static func wrongType(_ field: StaticString, wanted: String, _ found: JSONValue) -> Self {
        UnreadableCredentials("\(field): \(wanted) was expected, but found \(found.kind)")
    }

    /// Parses a text that should hold one object.
    package static func object(in bytes: [UInt8], of document: JSONDocument) throws(UnreadableCredentials) -> JSONValue
    {
        let root: JSONValue
        do { root = try document.parse(bytes) } catch { throw UnreadableCredentials("\(error)") }
        guard root.kind == .object else {
            throw UnreadableCredentials("one JSON object was expected, but found \(root.kind)")
        }
        return root
    }
}
