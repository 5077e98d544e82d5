/// What is done of one partition, for one assignment: the book that makes completion out of order safe.
///
/// Everything before the watermark is done. Between the watermark and the end, the undone offsets are listed: they are in
/// flight, or, after a restart, still to be delivered again. What was done beyond the watermark is thus remembered by
/// omission, and travels to the next owner in the commit's metadata (`LedgerMap`).
///
/// Offsets have holes (compaction, transaction markers): delivering one says that those since the last do not exist.
package struct OffsetLedger: Hashable, Sendable {
    /// One past the highest offset that was ever delivered; nil before the first delivery where nothing was committed.
    package private(set) var end: Int64?
    /// In ascending order.
    private var undone: [Int64] = []
    /// One past the highest offset delivered in this assignment.
    private var next: Int64

    package enum DeliveryAction: Hashable, Sendable {
        case run
        /// Done before this assignment, or delivered in it already.
        case skip
    }

    /// A partition of which nothing was ever committed.
    package init() { next = .min }

    /// Continues from what was committed. An empty `metadata` is a plain offset without a map.
    /// - Throws: `LedgerMap.Damaged` if the metadata is not ours.
    package init(committedOffset: Int64, metadata: String) throws(LedgerMap.Damaged) {
        let map = try LedgerMap(decoding: metadata, watermark: committedOffset)
        end = map.end
        undone = map.undone
        next = committedOffset
    }

    /// All before it is done; nil where nothing is known yet.
    package var watermark: Int64? { undone.first ?? end }

    /// Offsets between the watermark and the end.
    package var span: Int64 {
        guard let end, let watermark else { return 0 }
        return end - watermark
    }

    package var undoneCount: Int { undone.count }

    /// Where the next delivery is expected; a lower offset is one that was delivered already. nil before the first delivery
    /// where nothing was committed.
    package var nextOffset: Int64? { next == .min ? nil : next }

    // MARK: Events

    package mutating func messageDelivered(_ offset: Int64) -> DeliveryAction {
        guard offset >= next else { return .skip }
        dropHoles(upTo: offset)
        next = offset + 1
        if let end, offset < end { return index(of: offset) == nil ? .skip : .run }
        end = offset + 1
        undone.append(offset)
        return .run
    }

    /// The consumer has been handed all that exists before `position`: what was not among it are holes. So the watermark
    /// does not stay behind the markers of transactions at the end of a quiet partition.
    package mutating func positionReached(_ position: Int64) {
        guard position > next else { return }
        dropHoles(upTo: position)
        next = position
        end = max(end ?? position, position)
    }

    package mutating func jobSettled(_ offset: Int64) {
        if let index = index(of: offset) { undone.remove(at: index) }
    }

    /// Undone offsets below one that was just delivered, and not delivered themselves, exist no more.
    private mutating func dropHoles(upTo offset: Int64) {
        let first = insertionIndex(of: next)
        let last = insertionIndex(of: offset)
        if first < last { undone.removeSubrange(first..<last) }
    }

    // MARK: Committing

    /// What to commit once the jobs at `offsets` are answered: the watermark and the map, as if they were settled.
    /// - Returns: nil where nothing was delivered yet.
    package func commit(settling offsets: some Sequence<Int64>) -> (watermark: Int64, metadata: String)? {
        var settled = self
        for offset in offsets { settled.jobSettled(offset) }
        guard let watermark = settled.watermark, let end = settled.end else { return nil }
        return (watermark, LedgerMap(end: end, undone: settled.undone).encoded)
    }

    /// Whether the map still fits the broker's limit after so many more records, whatever the next one's offset.
    package func hasRoom(for count: Int = 1) -> Bool {
        // A far jump makes one gap longer, by at most eight bytes.
        LedgerMap.worstSize(count: undone.count + count + 8, span: span) <= LedgerMap.sizeLimit
    }

    /// Whether the job at `offset` is known to be done.
    package func isDone(_ offset: Int64) -> Bool {
        guard let end else { return false }
        return offset < end && index(of: offset) == nil
    }

    // MARK: Search

    private func index(of offset: Int64) -> Int? {
        let index = insertionIndex(of: offset)
        return index < undone.count && undone[index] == offset ? index : nil
    }

    private func insertionIndex(of offset: Int64) -> Int {
        var low = 0
        var high = undone.count
        while low < high {
            let middle = (low + high) / 2
            if undone[middle] < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
