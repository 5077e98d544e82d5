import Foundation
import TestSupport

/// Makes metadata of offsets: maps of a ledger by the letter of its format, and broken ones.
struct MetadataGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func next() -> [UInt8] {
        let numbers = (0..<random.below(20)).map { index in
            // The end comes first, and lies far behind; gaps are small, or anything.
            let shift = random.below(index == 0 ? 44 : 64)
            return UInt64.random(in: 0...UInt64.max, using: &random) >> UInt64(shift)
        }
        let bytes = numbers.flatMap(Self.variableLength)
        let metadata = Array("v1:\(Data(bytes).base64EncodedString())".utf8)
        return random.below(3) == 0 ? random.mutated(metadata) : metadata
    }

    private static func variableLength(_ number: UInt64) -> [UInt8] {
        var (bytes, rest) = ([UInt8](), number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
