import QueryWorker
import TestSupport
import Testing

/// The ledger against a model that keeps every offset in a set, over many owners.
@Suite struct OffsetLedgerModelTests {
    @Test func everyJobIsRunUntilItIsCommittedAndNeverAfter() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<50 { try run(&generator, seed: seed) }
    }

    /// One partition from its first record to its last, while owner after owner dies with jobs in flight.
    private func run(_ generator: inout SeededGenerator, seed: UInt64) throws {
        // Offsets with holes, as compaction and transactions leave them.
        let records = (0..<Int64(400)).filter { _ in Int.random(in: 0..<10, using: &generator) > 1 }
        var done = Set<Int64>()
        var committed: (watermark: Int64, metadata: String)?
        var owners = 0
        while done.count < records.count {
            owners += 1
            try #require(owners < 10_000, "seed \(seed)")
            var ledger =
                try committed.map { try OffsetLedger(committedOffset: $0.watermark, metadata: $0.metadata) }
                ?? OffsetLedger()
            var inFlight: [Int64] = []
            for offset in records where offset >= committed?.watermark ?? 0 {
                let action = ledger.messageDelivered(offset)
                try #require(action == (done.contains(offset) ? .skip : .run), "offset \(offset), seed \(seed)")
                if action == .run { inFlight.append(offset) }
                if Int.random(in: 0..<4, using: &generator) == 0 {
                    committed = commitSome(of: &inFlight, in: &ledger, &done, &generator) ?? committed
                }
                if Int.random(in: 0..<60, using: &generator) == 0 { break }
            }
            committed = commitSome(of: &inFlight, in: &ledger, &done, &generator) ?? committed
        }
        let last = try #require(records.last)
        #expect(committed?.watermark == last + 1, "seed \(seed)")
        #expect(committed?.metadata == "", "seed \(seed)")
    }

    private func commitSome(
        of inFlight: inout [Int64], in ledger: inout OffsetLedger, _ done: inout Set<Int64>,
        _ generator: inout SeededGenerator
    ) -> (watermark: Int64, metadata: String)? {
        inFlight.shuffle(using: &generator)
        let finished = Array(inFlight.prefix(Int.random(in: 0...inFlight.count, using: &generator)))
        guard !finished.isEmpty, let commit = ledger.commit(settling: finished) else { return nil }
        inFlight.removeFirst(finished.count)
        for offset in finished { ledger.jobSettled(offset) }
        done.formUnion(finished)
        return commit
    }
}
