internal import EventLoop

/// A task in a `WaitLine`: resumed with what it waited for, or without, if it is to ask again.
@EventLoopActor
final class WaitEntry<Grant> {
    let waiter = Waiter()
    var grant: Grant?
    fileprivate var isInLine = false
}

/// Tasks that wait, in the order in which they came. All it does takes the same time however many wait.
@EventLoopActor
struct WaitLine<Grant> {
    private(set) var count = 0
    /// Those that have left lie between the others until they are met, or are the larger part.
    private var entries: [WaitEntry<Grant>] = []
    /// What lies before it is dropped in bulk.
    private var head = 0

    nonisolated init() {}

    var isEmpty: Bool { count == 0 }

    mutating func append(_ entry: WaitEntry<Grant>) {
        entry.isInLine = true
        entries.append(entry)
        count += 1
    }

    mutating func takeFirst() -> WaitEntry<Grant>? {
        while head < entries.count {
            let entry = entries[head]
            head += 1
            guard entry.isInLine else { continue }
            entry.isInLine = false
            count -= 1
            tidyUp()
            return entry
        }
        return nil
    }

    /// Does nothing if it was taken before.
    mutating func leave(_ entry: WaitEntry<Grant>) {
        guard entry.isInLine else { return }
        entry.isInLine = false
        count -= 1
        tidyUp()
    }

    private mutating func tidyUp() {
        guard count == 0 || entries.count > 64 + 2 * count else { return }
        entries = count == 0 ? [] : entries[head...].filter(\.isInLine)
        head = 0
    }
}
