/// What varies about a log line, in the order in which it is written. Written as a dictionary: `["partition": 3]`.
///
/// Keys are ours and few: lower case with underscores, none of `ts`, `level` and `message`.
package struct LogMetadata: ExpressibleByDictionaryLiteral, Sendable {
    package private(set) var members: [(key: StaticString, value: LogValue)]

    package init(dictionaryLiteral elements: (StaticString, LogValue)...) {
        members = elements.map { (key: $0.0, value: $0.1) }
    }

    package mutating func append(_ key: StaticString, _ value: LogValue) { members.append((key, value)) }

    package func appending(contentsOf other: Self) -> Self {
        guard !other.members.isEmpty else { return self }
        var result = self
        result.members.append(contentsOf: other.members)
        return result
    }

    /// Whether the line is about one job.
    var namesJob: Bool {
        members.contains { member in
            member.key.withUTF8Buffer { $0.elementsEqual("job_id".utf8) }
        }
    }
}
