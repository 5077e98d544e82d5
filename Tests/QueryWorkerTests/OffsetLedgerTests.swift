import QueryWorker
import Testing

@Suite struct OffsetLedgerTests {
    @Test func watermarkWaitsForTheLowestUndoneOffset() {
        var ledger = OffsetLedger()
        #expect(ledger.watermark == nil)
        for offset in 10..<15 { #expect(ledger.messageDelivered(Int64(offset)) == .run) }
        #expect(ledger.watermark == 10)
        ledger.jobSettled(11)
        ledger.jobSettled(13)
        #expect(ledger.watermark == 10)
        ledger.jobSettled(10)
        #expect(ledger.watermark == 12)
        ledger.jobSettled(12)
        ledger.jobSettled(14)
        #expect(ledger.watermark == 15)
        #expect(ledger.span == 0)
    }

    @Test func nextOwnerRepeatsOnlyWhatWasNotDone() throws {
        var ledger = try OffsetLedger(committedOffset: 100, metadata: "")
        for offset in 100..<110 { _ = ledger.messageDelivered(Int64(offset)) }
        for offset in [101, 102, 105, 109] as [Int64] { ledger.jobSettled(offset) }
        let commit = try #require(ledger.commit(settling: [103]))
        #expect(commit.watermark == 100)

        var next = try OffsetLedger(committedOffset: commit.watermark, metadata: commit.metadata)
        let repeated = (100..<113).filter { next.messageDelivered(Int64($0)) == .run }
        #expect(repeated == [100, 104, 106, 107, 108, 110, 111, 112])
    }

    @Test func commitSettlesNothingByItself() throws {
        var ledger = OffsetLedger()
        for offset in 0..<3 { _ = ledger.messageDelivered(Int64(offset)) }
        #expect(ledger.commit(settling: [0, 1])?.watermark == 2)
        #expect(ledger.watermark == 0)
    }

    @Test func offsetDeliveredTwiceIsSkipped() {
        var ledger = OffsetLedger()
        #expect(ledger.messageDelivered(5) == .run)
        #expect(ledger.messageDelivered(5) == .skip)
        ledger.jobSettled(5)
        #expect(ledger.messageDelivered(5) == .skip)
    }

    @Test func holesCountAsDone() throws {
        var ledger = try OffsetLedger(committedOffset: 0, metadata: "")
        for offset in [3, 9] as [Int64] { #expect(ledger.messageDelivered(offset) == .run) }
        #expect(ledger.watermark == 3)
        ledger.jobSettled(3)
        #expect(ledger.watermark == 9)
    }

    /// A job that was undone when its owner died, and whose record compaction has removed since, would hold the watermark
    /// for ever.
    @Test func undoneOffsetThatExistsNoMoreIsDropped() throws {
        let map = LedgerMap(end: 10, undone: [2, 4, 7])
        var ledger = try OffsetLedger(committedOffset: 2, metadata: map.encoded)
        #expect(ledger.messageDelivered(2) == .run)
        #expect(ledger.messageDelivered(7) == .run)
        ledger.jobSettled(2)
        #expect(ledger.watermark == 7)
    }

    @Test func mapRoundTrips() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let watermark = Int64.random(in: 0...1 << 40, using: &generator)
            var undone = [watermark]
            for _ in 0..<Int.random(in: 0...300, using: &generator) {
                undone.append(undone[undone.count - 1] + Int64.random(in: 1...100_000, using: &generator))
            }
            let map = LedgerMap(end: undone[undone.count - 1] + 1, undone: undone)
            #expect(try LedgerMap(decoding: map.encoded, watermark: watermark) == map)
        }
    }

    @Test func thousandJobsOverTenMillionOffsetsFitTheBrokersLimit() {
        let undone = (0..<1024).map { Int64($0) * 9_765 }
        let map = LedgerMap(end: 10_000_000, undone: undone)
        #expect(map.encoded.utf8.count < 3_000)
    }

    @Test func ledgerTakesNothingMoreBeforeItsMapOutgrowsTheLimit() throws {
        var ledger = OffsetLedger()
        var offset: Int64 = 0
        while ledger.hasRoom() {
            _ = ledger.messageDelivered(offset)
            offset += 20_000
        }
        let metadata = try #require(ledger.commit(settling: [])?.metadata)
        #expect(metadata.utf8.count <= 4096)
        #expect(ledger.undoneCount > 900)
        ledger.jobSettled(20_000)
        #expect(ledger.hasRoom())
    }

    /// Markers of transactions, and what compaction took, lie between the last record and the position.
    @Test func positionTakesTheWatermarkOverHolesButNotOverJobs() throws {
        var ledger = try OffsetLedger(committedOffset: 5, metadata: LedgerMap(end: 12, undone: [5, 8, 11]).encoded)
        #expect(ledger.messageDelivered(5) == .run)
        ledger.positionReached(9)
        #expect(ledger.watermark == 5)
        ledger.jobSettled(5)
        #expect(ledger.watermark == 11)
        ledger.positionReached(20)
        #expect(ledger.watermark == 20)
        #expect(ledger.commit(settling: [])?.metadata == "")
        ledger.positionReached(15)
        #expect(ledger.watermark == 20)
        #expect(ledger.messageDelivered(19) == .skip)
        #expect(ledger.messageDelivered(20) == .run)
    }

    @Test func emptyPartitionHasAWatermarkOnceItsPositionIsKnown() {
        var ledger = OffsetLedger()
        #expect(ledger.watermark == nil)
        ledger.positionReached(7)
        #expect(ledger.watermark == 7)
    }

    @Test(arguments: [
        "x", "v2:AAAA", "v1:", "v1:!", "v1:gICAgICAgICAgIA=", "v1:gA==", "v1:BQ==", "v1:FAAB", "v1:FAo=",
        "{\"offset\":1}", "v1:////////////",
    ])
    func damagedMetadataIsRefused(metadata: String) {
        // The committed offset is 10: an end of 5, a gap of 0, and an undone offset at the end of 20 are refused too.
        #expect(throws: LedgerMap.Damaged.self) { try OffsetLedger(committedOffset: 10, metadata: metadata) }
    }
}
