/// Which Kafka requests and responses a `TCPProxy` swallows, on any of its connections, and how many it has swallowed.
struct KafkaDropRules {
    enum Part {
        case request
        case response
    }

    private struct Rule {
        let part: Part
        let apiKey: Int16
        /// nil: without an end.
        var count: Int?
    }

    private(set) var drops = 0
    private var rules: [Rule] = []

    mutating func add(_ part: Part, apiKey: Int16, count: Int?) {
        rules.append(Rule(part: part, apiKey: apiKey, count: count))
    }

    mutating func removeAll() { rules = [] }

    /// Whether that part of a call is to be swallowed: asked once for each request, since a rule counts requests.
    mutating func take(_ part: Part, apiKey: Int16) -> Bool {
        guard let index = rules.firstIndex(where: { $0.part == part && $0.apiKey == apiKey && $0.count != 0 }) else {
            return false
        }
        if let count = rules[index].count { rules[index].count = count - 1 }
        return true
    }

    mutating func dropped() { drops += 1 }
}
