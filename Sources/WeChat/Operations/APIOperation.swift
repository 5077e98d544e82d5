internal import JSON

/// The calls that the chain can make. A new one is a case here, with its path, its encoding and its decoding.
package enum APIOperation: Sendable {
    case applyCodeQuery(ApplyCodeQuery)

    var path: String {
        switch self {
        case .applyCodeQuery: "/intp/marketcode/applycodequery"
        }
    }

    func encoded() -> [UInt8] {
        switch self {
        case .applyCodeQuery(let query): query.encoded()
        }
    }

    func answer(_ json: JSONValue) throws(UnreadableAnswer) -> APIAnswer {
        switch self {
        case .applyCodeQuery(let query): .applyCodeQuery(try ApplyCodeQueryResult(json, to: query))
        }
    }
}

/// What an operation brought, case by case.
package indirect enum APIAnswer: Sendable, Equatable {
    case applyCodeQuery(ApplyCodeQueryResult)
}
