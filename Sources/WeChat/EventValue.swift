/// A value that an event tells. Numbers stay numbers, so that logs can be searched and summed by them.
package enum EventValue: Hashable, Sendable {
    case text(String)
    case number(Int64)
    case flag(Bool)

    static func integer(_ value: some BinaryInteger) -> Self { .number(Int64(clamping: value)) }
}

extension EventValue: CustomStringConvertible {
    package var description: String {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .flag(let flag): String(flag)
        }
    }
}
