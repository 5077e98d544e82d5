import EventLoop
import QueryWorker

/// Committed metadata is a map that is written and read as the same one, or damaged for a stated reason.
@EventLoopActor
struct LedgerTarget: FuzzTarget {
    func run(_ input: [UInt8]) throws(Violation) -> Verdict {
        let metadata = String(decoding: input, as: UTF8.self)
        var verdict = Verdict.refused
        for watermark in [0, 1000, Int64.max] where try run(metadata, watermark) == .accepted { verdict = .accepted }
        return verdict
    }

    private func run(_ metadata: String, _ watermark: Int64) throws(Violation) -> Verdict {
        let map: LedgerMap
        do throws(LedgerMap.Damaged) { map = try LedgerMap(decoding: metadata, watermark: watermark) } catch {
            try require(!error.reason.isEmpty, "refused without a reason")
            return .refused
        }
        try check(map, watermark)
        return .accepted
    }

    private func check(_ map: LedgerMap, _ watermark: Int64) throws(Violation) {
        if let first = map.undone.first {
            try require(first == watermark, "does not begin at \(watermark): \(map)")
        } else {
            try require(map.end == watermark, "nothing is undone, but the end is not \(watermark): \(map)")
        }
        try require(zip(map.undone, map.undone.dropFirst()).allSatisfy { $0 < $1 }, "out of order: \(map)")
        try require(map.undone.last.map { $0 < map.end } ?? true, "undone beyond the end: \(map)")
        let again = try? LedgerMap(decoding: map.encoded, watermark: watermark)
        try require(again == map, "another map when written anew: \(map)")
    }
}
