/// A request as the server's handler gets it: complete, and its own.
package struct HTTPServerRequest: Sendable {
    package typealias Field = (name: String, value: String)

    /// As sent, which is in capitals.
    package let method: String
    /// Percent-decoded, without the query.
    package let path: String
    /// In the order of the URL, percent-decoded. An item without `=` has an empty value.
    package let query: [Field]
    package let headers: [Field]
    package let body: [UInt8]

    /// The first query item of this name.
    package func queryItem(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The first header of this name, in any case of its letters.
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name || $0.name.lowercased() == name.lowercased() }?.value
    }
}
