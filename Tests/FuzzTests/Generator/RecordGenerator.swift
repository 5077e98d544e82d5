import Foundation
import TestSupport

/// Makes inputs of a shape that are right, nearly right, or hostile in one way. The same seed makes the same ones.
struct RecordGenerator {
    /// How an input is hostile. Each but noise leaves some inputs right.
    enum Hostility: String, CaseIterable {
        /// Any bytes, or the signs of JSON in any order.
        case noise
        /// A right one with bytes changed, cut, doubled or moved.
        case mutation
        /// An ignored member, nested up to and beyond the parser's limit.
        case nesting
        /// Up to 1 MiB of text, in a member or beside them.
        case length
        /// Numbers at every limit.
        case number
        /// Text that is escaped, no Unicode, or strange.
        case text
        /// Bytes before or behind the JSON.
        case framing
        /// Members doubled, missing, in another order.
        case members
    }

    private let shape: RecordShape
    private var random: SeededGenerator

    init(shape: RecordShape, seed: UInt64) {
        self.shape = shape
        random = SeededGenerator(seed: seed)
    }

    mutating func next(_ hostility: Hostility) -> [UInt8] {
        switch hostility {
        case .noise: noise()
        case .mutation: random.mutated(object())
        case .nesting: object(adding: ("x", nested()))
        case .length: object(withHostile: long())
        case .number: object(withHostile: number())
        case .text: object(withHostile: text())
        case .framing: framed(object())
        case .members: disordered()
        }
    }

    // MARK: Right ones

    private mutating func members() -> [(name: String, value: [UInt8])] {
        shape.members.map { member in (member.name, Array(random.pick(member.values).utf8)) }
    }

    private func object(of members: [(name: String, value: [UInt8])]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in members {
            bytes += bytes.isEmpty ? "{\"".utf8 : ",\"".utf8
            bytes += name.utf8
            bytes += "\":".utf8
            bytes += value
        }
        return bytes + "}".utf8
    }

    private mutating func object() -> [UInt8] { object(of: members()) }

    private mutating func object(adding member: (name: String, value: [UInt8])) -> [UInt8] {
        var members = members()
        members.insert(member, at: random.below(members.count + 1))
        return object(of: members)
    }

    /// In place of a right value, or as a member that nobody reads.
    private mutating func object(withHostile value: [UInt8]) -> [UInt8] {
        guard random.below(2) == 0 else { return object(adding: ("x", value)) }
        var members = members()
        members[random.below(members.count)].value = value
        return object(of: members)
    }

    // MARK: Hostile ones

    private mutating func noise() -> [UInt8] {
        let count = random.below(1 << random.below(10))
        guard random.below(2) == 0 else { return random.bytes(count) }
        return (0..<count / 4).flatMap { _ in Array(random.pick(HostileValues.signs).utf8) }
    }

    private mutating func nested() -> [UInt8] {
        let depth = random.pick([1, 10, 1021, 1022, 1023, 1024, 2000, 20_000])
        let (open, close) = random.pick([("[", "]"), (#"{"a":"#, "}"), (#"[{"a":"#, "}]")])
        let isClosed = random.below(4) > 0
        let opening = String(repeating: open, count: depth)
        return Array((opening + "1" + String(repeating: isClosed ? close : "", count: depth)).utf8)
    }

    private mutating func long() -> [UInt8] {
        let count = random.below(1 << (random.below(64) > 0 ? 4 + random.below(10) : 20))
        let filling = random.pick(HostileValues.fillings)
        let text = Array(repeating: Array(filling.utf8), count: count / filling.utf8.count).joined()
        return random.below(8) == 0 ? Array(repeating: UInt8(ascii: "9"), count: count + 1) : quoted(Array(text))
    }

    private mutating func number() -> [UInt8] {
        var text = random.pick(HostileValues.numbers)
        if random.below(4) == 0 {
            text = String((0...random.below(40)).map { _ in random.pick(Array("0123456789.eE+-")) })
        }
        return random.below(4) == 0 ? quoted(Array(text.utf8)) : Array(text.utf8)
    }

    private mutating func text() -> [UInt8] {
        quoted((0...random.below(4)).flatMap { _ in random.pick(HostileValues.texts) })
    }

    private mutating func framed(_ object: [UInt8]) -> [UInt8] {
        switch random.below(6) {
        case 0: [0] + random.bytes(4) + object
        case 1: [0xEF, 0xBB, 0xBF] + object
        case 2: [0] + random.bytes(4) + [0xEF, 0xBB, 0xBF] + object
        case 3: Array(repeating: UInt8(ascii: " "), count: random.below(100)) + object + [0x0A]
        case 4: random.bytes(random.below(7)) + object
        default: object + random.bytes(1 + random.below(7))
        }
    }

    private mutating func disordered() -> [UInt8] {
        var members = members().shuffled(using: &random)
        members.removeLast(random.below(3))
        for _ in 0..<random.below(3) {
            let other = random.pick(members)
            members.insert((other.name, random.pick(members).value), at: random.below(members.count + 1))
        }
        return object(of: members)
    }

    private func quoted(_ text: [UInt8]) -> [UInt8] { [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")] }
}

extension SeededGenerator {
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }

    /// Up to three changes; now and then none.
    mutating func mutated(_ whole: [UInt8]) -> [UInt8] {
        var bytes = whole
        for _ in 0..<below(4) where !bytes.isEmpty {
            let (index, other) = (below(bytes.count), below(bytes.count))
            let range = min(index, other)..<max(index, other)
            switch below(7) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &self)
            case 1: bytes[index] ^= 1 << UInt8(below(8))
            case 2: bytes.removeSubrange(index...)
            case 3: bytes.removeSubrange(range)
            case 4: bytes.insert(contentsOf: bytes[range], at: index)
            case 5: bytes.swapAt(index, other)
            default: bytes.insert(contentsOf: Array(pick(HostileValues.signs).utf8), at: index)
            }
        }
        return bytes
    }
}
