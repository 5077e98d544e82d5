internal import JSON

/// What is wrong with an answer: the field, what it holds, what was wanted.
struct UnreadableAnswer: Error {
    let problem: String

    init(_ problem: String) { self.problem = problem }

    static func wrongType(_ field: StaticString, wanted: String, _ found: JSONValue) -> UnreadableAnswer {
        UnreadableAnswer("\(field): \(wanted) was expected, but found \(found.kind)")
    }
}
