/// What goes wrong with a query call, whatever it asks.
enum SimulatedFault: CaseIterable, Sendable {
    // New ones go to the end: then a seed's run with the old ones stays the same.
    case busy, limited, httpError, dropped, brokenJSON, unavailable
}

/// The probabilities of faults. At most one strikes a call, so their sum is at most 1.
struct SimulatedFaultRates: Sendable {
    var busy = 0.0
    var limited = 0.0
    var httpError = 0.0
    var dropped = 0.0
    var brokenJSON = 0.0
    var unavailable = 0.0

    var total: Double { SimulatedFault.allCases.reduce(0) { $0 + self[$1] } }

    subscript(fault: SimulatedFault) -> Double {
        switch fault {
        case .busy: busy
        case .limited: limited
        case .httpError: httpError
        case .dropped: dropped
        case .brokenJSON: brokenJSON
        case .unavailable: unavailable
        }
    }

    /// Takes one number from the generator, whatever the rates are.
    func draw(using generator: inout SplitMix64) -> SimulatedFault? {
        var rest = Double.random(in: 0..<1, using: &generator)
        for fault in SimulatedFault.allCases {
            if rest < self[fault] { return fault }
            rest -= self[fault]
        }
        return nil
    }
}
