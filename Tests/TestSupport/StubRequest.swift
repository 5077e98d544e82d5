/// One request as `StubAPI` received it.
package struct StubRequest: Sendable {
    package var method: String
    /// Path and query, as sent.
    package var target: String
    /// Names in lower case.
    package var headers: [String: String]
    package var body: [UInt8]
    /// Which of the server's connections it came on, counted from 1.
    package var connection: Int
    /// Its place among all requests, counted from 1.
    package var number: Int

    package var path: String { String(target.prefix { $0 != "?" }) }

    package var bodyText: String { String(decoding: body, as: UTF8.self) }

    /// A parameter of the query, undecoded.
    package func parameter(_ name: String) -> String? {
        guard let query = target.split(separator: "?", maxSplits: 1).dropFirst().first else { return nil }
        for pair in query.split(separator: "&") where pair.hasPrefix(name + "=") {
            return String(pair.dropFirst(name.count + 1))
        }
        return nil
    }
}
