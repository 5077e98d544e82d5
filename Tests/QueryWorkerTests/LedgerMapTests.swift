import Foundation
import TestSupport
import Testing

@testable import QueryWorker

@Suite struct LedgerMapTests {
    @Test func nothingUndoneNeedsNoMap() throws {
        #expect(LedgerMap(end: 5, undone: []).encoded == "")
        #expect(try LedgerMap(decoding: "", watermark: 5) == LedgerMap(end: 5, undone: []))
    }

    /// The format is a promise to the next release: what this one has committed, that one reads.
    @Test(
        arguments: [
            (LedgerMap(end: 11, undone: [10]), [11]),
            (LedgerMap(end: 128, undone: [0, 1, 127]), [0x80, 1, 1, 126]),
            (LedgerMap(end: 300, undone: [1, 201]), [0xAC, 2, 0xC8, 1]),
            (LedgerMap(end: .max, undone: [.max - 1]), [255, 255, 255, 255, 255, 255, 255, 255, 127]),
            (
                LedgerMap(end: 1 << 62, undone: [0, 1 << 56]),
                [128, 128, 128, 128, 128, 128, 128, 128, 64] + [128, 128, 128, 128, 128, 128, 128, 128, 1]
            ),
        ] as [(LedgerMap, [UInt8])])
    func mapHasItsKnownText(map: LedgerMap, bytes: [UInt8]) throws {
        #expect(map.encoded == "v1:" + Data(bytes).base64EncodedString())
        #expect(try LedgerMap(decoding: map.encoded, watermark: map.undone[0]) == map)
    }

    @Test func mapsOfAnyShapeRoundTripWithinTheirWorstSize() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<500 {
            let widest = Int64(1) << Int64.random(in: 0...30, using: &generator)
            var undone = [Int64.random(in: 0...1 << 40, using: &generator)]
            for _ in 0..<Int.random(in: 0...1024, using: &generator) {
                undone.append(undone[undone.count - 1] + Int64.random(in: 1...widest, using: &generator))
            }
            let end = undone[undone.count - 1] + Int64.random(in: 1...widest, using: &generator)
            let map = LedgerMap(end: end, undone: undone)
            let text = map.encoded
            let size = text.utf8.count
            try #require(try LedgerMap(decoding: text, watermark: undone[0]) == map, "seed \(seed)")
            try #require(
                size <= LedgerMap.worstSize(count: undone.count, span: end - undone[0]), "seed \(seed)")
            try #require(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "seed \(seed)")
        }
    }

    @Test func mapIsReadOnlyWithItsOwnWatermark() {
        let text = LedgerMap(end: 100, undone: [50, 99]).encoded
        #expect(throws: LedgerMap.Damaged.self) { try LedgerMap(decoding: text, watermark: 51) }
        #expect(throws: LedgerMap.Damaged.self) { try LedgerMap(decoding: text, watermark: 100) }
    }

    @Test(arguments: [
        ("{\"offset\":1}", "begin with"), ("V1:Cw==", "begin with"), (" v1:Cw==", "begin with"),
        ("v2:Cw==", "begin with"),
        ("v1", "begin with"), ("v1:Cw", "base64"), ("v1:Cw==\n", "base64"), ("v1:C w==", "base64"), ("v1:é", "base64"),
        ("v1:", "end"), ("v1:Cg==", "end"), ("v1:AA==", "end"), ("v1:iw==", "within a number"),
        ("v1:Cws=", "behind its end"), ("v1:CwA=", "behind its end"), ("v1:DAI=", "behind its end"),
        ("v1://///////////w==", "too long"), ("v1:C///////////fw==", "behind its end"),
    ])
    func foreignTextIsRefusedForItsReason(metadata: String, reason: String) {
        let damaged = #expect(throws: LedgerMap.Damaged.self) { try LedgerMap(decoding: metadata, watermark: 10) }
        #expect(damaged?.reason.contains(reason) == true, "\(damaged?.reason ?? "")")
    }

    @Test func damagedMapsAreRefusedOrReadAsWellFormedOnes() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        let whole = Array(LedgerMap(end: 1_000_000, undone: [10, 11, 500, 70_000, 999_999]).encoded.utf8)
        for _ in 0..<5_000 {
            var text = whole
            text[Int.random(in: 0..<text.count, using: &generator)] = UInt8.random(in: 0...127, using: &generator)
            if Bool.random(using: &generator) { text.removeLast(Int.random(in: 0..<text.count, using: &generator)) }
            guard let map = try? LedgerMap(decoding: String(decoding: text, as: UTF8.self), watermark: 10) else {
                continue
            }
            let isAscending = zip(map.undone, map.undone.dropFirst()).allSatisfy { $0 < $1 }
            #expect(map.undone.first == 10 && isAscending && map.undone.allSatisfy { $0 < map.end }, "seed \(seed)")
        }
    }

    /// Brokers take 4,096 bytes. At random places the gaps are less even, and the map a little longer than at even ones.
    @Test func thousandJobsAnywhereInTenMillionOffsetsTakeThreeQuartersOfTheLimit() {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let start = Int64.random(in: 0...1 << 40, using: &generator)
            var offsets = Set([start])
            while offsets.count < 1024 { offsets.insert(start + Int64.random(in: 0..<10_000_000, using: &generator)) }
            let map = LedgerMap(end: start + 10_000_000, undone: offsets.sorted())
            #expect(map.encoded.utf8.count <= 3_072, "seed \(seed)")
        }
    }
}
