internal import JSON

/// An application as a query names it. All that is known about it follows from its id.
struct SimulatedApplication: Equatable, Sendable {
    enum Fate: Equatable {
        case finished, notFinished
        case failed(SimulatedErrorCode)
    }

    /// The id that decides: `application_id` if it is given, else `isv_application_id`.
    let name: String
    let number: UInt64
    let outsideID: String?

    /// Reads a query's body. Nil if it names no application. An `application_id` may be a number or a decimal string.
    init?(query: JSONValue) {
        outsideID = query["isv_application_id"]?.string
        if let id = query["application_id"] {
            guard let number = id.uint64 ?? id.string.flatMap({ UInt64($0) }), number > 0 else { return nil }
            self.number = number
            name = String(number)
        } else if let outsideID, !outsideID.isEmpty {
            number = outsideID.hash64
            name = outsideID
        } else {
            return nil
        }
    }

    func fate(notFound: Set<String>) -> Fate {
        if notFound.contains(name) || name.hasSuffix("404") { return .failed(.applicationNotFound) }
        if name.hasSuffix("403") { return .failed(.applicationOfAnotherAccount) }
        return name.hasSuffix("7") ? .notFinished : .finished
    }

    /// One to three, of 50,000 codes each.
    var codeRanges: [ClosedRange<UInt64>] { (0...number % 3).map { $0 * 50_000...$0 * 50_000 + 49_999 } }

    /// Unix seconds.
    var createTime: UInt64 { 1_541_484_422 + number % 86_400 }
}
