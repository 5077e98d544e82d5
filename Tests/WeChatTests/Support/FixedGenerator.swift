@testable import WeChat

/// Jitter without chance: every fraction that `LoopRandom` draws from it is the same.
enum FixedGenerator: RandomNumberGenerator, Sendable {
    case zero
    case half
    case one

    mutating func next() -> UInt64 {
        switch self {
        // Not 0, which the standard library's rejection sampling refuses for ever.
        case .zero: 1
        case .half: 1 << 63
        case .one: .max
        }
    }
}
