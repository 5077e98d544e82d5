internal import Foundation

/// Which dead letters of one partition were replayed: all before the watermark, and ranges beyond it.
///
/// Committed for the group `<group.id>-replay`: the watermark as the offset, and as its metadata `r1:` with the base64 of
/// variable-length integers, in turn how many offsets were not replayed and how many were. Offsets that hold no record
/// (markers of transactions) count as what makes the map shorter.
package struct ReplayMap: Hashable, Sendable {
    /// The lowest offset that was not replayed.
    package private(set) var watermark: Int64
    /// In ascending order, apart from each other and from the watermark.
    private var replayed: [Range<Int64>] = []

    private static let prefix = "r1:"

    package init() { watermark = 0 }

    package func contains(_ offset: Int64) -> Bool {
        guard offset >= watermark else { return true }
        let index = firstIndex(endingAtOrBehind: offset + 1)
        return index < replayed.count && replayed[index].contains(offset)
    }

    /// One past the highest offset known to be replayed.
    package var end: Int64 { replayed.last?.upperBound ?? watermark }

    package mutating func insert(_ range: Range<Int64>) {
        guard range.upperBound > watermark else { return }
        guard range.lowerBound > watermark else {
            watermark = range.upperBound
            let rest = firstIndex(endingAtOrBehind: watermark)
            replayed.removeSubrange(..<rest)
            if let first = replayed.first, first.lowerBound <= watermark {
                watermark = first.upperBound
                replayed.removeFirst()
            }
            return
        }
        let start = firstIndex(endingAtOrBehind: range.lowerBound)
        var end = start
        var merged = range
        while end < replayed.count, replayed[end].lowerBound <= range.upperBound {
            merged = min(merged.lowerBound, replayed[end].lowerBound)..<max(merged.upperBound, replayed[end].upperBound)
            end += 1
        }
        replayed.replaceSubrange(start..<end, with: [merged])
    }

    // MARK: Text

    package var encoded: String {
        var bytes: [UInt8] = []
        var previous = watermark
        for range in replayed {
            LedgerMap.append(UInt64(range.lowerBound - previous), to: &bytes)
            LedgerMap.append(UInt64(range.upperBound - range.lowerBound), to: &bytes)
            previous = range.upperBound
        }
        return Self.prefix + Data(bytes).base64EncodedString()
    }

    /// Whether brokers take the map, by Kafka's default for `offset.metadata.max.bytes`.
    package var fits: Bool {
        // Two numbers a range, of ten bytes at most: so many fit whatever they are.
        replayed.count < 150 || encoded.utf8.count <= LedgerMap.sizeLimit
    }

    /// - Throws: if the metadata is not that of a replay, an empty one included.
    package init(decoding metadata: String, watermark: Int64) throws(LedgerMap.Damaged) {
        guard metadata.hasPrefix(Self.prefix) else {
            throw LedgerMap.Damaged(reason: "it does not begin with \"\(Self.prefix)\"")
        }
        guard let data = Data(base64Encoded: String(metadata.dropFirst(Self.prefix.count))) else {
            throw LedgerMap.Damaged(reason: "it is not base64 after \"\(Self.prefix)\"")
        }
        let numbers = try LedgerMap.numbers(in: data)
        guard numbers.count.isMultiple(of: 2) else { throw LedgerMap.Damaged(reason: "its last range has no length") }
        self.watermark = watermark
        var previous = watermark
        for index in stride(from: 0, to: numbers.count, by: 2) {
            let (start, isFar) = previous.addingReportingOverflow(numbers[index])
            let (end, isLong) = start.addingReportingOverflow(numbers[index + 1])
            guard numbers[index] > 0, numbers[index + 1] > 0, !isFar, !isLong else {
                throw LedgerMap.Damaged(reason: "a range in it is empty or too long")
            }
            replayed.append(start..<end)
            previous = end
        }
    }

    private func firstIndex(endingAtOrBehind offset: Int64) -> Int {
        var low = 0
        var high = replayed.count
        while low < high {
            let middle = (low + high) / 2
            if replayed[middle].upperBound < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
