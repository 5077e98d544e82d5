import Foundation
import TestSupport
import Testing

@testable import QueryWorker

@Suite struct ReplayMapTests {
    /// The format is a promise to the next release: what this one has committed, that one reads.
    @Test func mapHasItsKnownText() throws {
        var map = ReplayMap()
        #expect(map.encoded == "r1:")
        map.insert(0..<10)
        map.insert(12..<13)
        map.insert(213..<343)
        #expect(map.watermark == 10)
        #expect(map.encoded == "r1:" + Data([2, 1, 0xC8, 1, 0x82, 1]).base64EncodedString())
        #expect(try ReplayMap(decoding: map.encoded, watermark: 10) == map)
    }

    @Test(
        arguments: [
            "", "v1:", "r1", "r1:!", "another program's", "r1:" + Data([1]).base64EncodedString(),
            "r1:" + Data([0, 1]).base64EncodedString(),
            "r1:" + Data([1, 0]).base64EncodedString(), "r1:" + Data([1, 0x80]).base64EncodedString(),
        ])
    func whatIsNoMapIsRefused(metadata: String) {
        #expect(throws: LedgerMap.Damaged.self) { try ReplayMap(decoding: metadata, watermark: 3) }
    }

    /// Against a set that holds every offset by itself.
    @Test func holdsWhatWasInsertedAndNothingElse() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var map = ReplayMap()
            var model: Set<Int64> = []
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                let start = Int64.random(in: 0..<200, using: &generator)
                let range = start..<start + Int64.random(in: 1...8, using: &generator)
                map.insert(range)
                model.formUnion(range)
                let held = (0..<220).filter { map.contains($0) }
                #expect(held == (0..<220).filter { model.contains($0) }, "seed \(seed)")
            }
            #expect(map.end == (model.max() ?? 0) + 1, "seed \(seed)")
            #expect(try ReplayMap(decoding: map.encoded, watermark: map.watermark) == map, "seed \(seed)")
        }
    }

    @Test func scatteredReplaysFitUntilTheyNeedMoreThanBrokersTake() {
        var map = ReplayMap()
        var offset: Int64 = 1
        while map.fits {
            map.insert(offset..<offset + 1)
            offset += 2
        }
        #expect(map.encoded.utf8.count > LedgerMap.sizeLimit)
        #expect(offset > 3_000)
        map.insert(0..<offset)
        #expect(map.encoded == "r1:")
    }
}
