internal import EventLoop

/// Tasks that wait, a line for each account. The lines take turns, so that no account's tasks stand before all others'.
@EventLoopActor
struct FairQueue<Grant> {
    private(set) var count = 0
    private var lines: [ObjectIdentifier: WaitLine<Grant>] = [:]
    /// Lines in which somebody waits, the next one's turn first, and some that all have left. What lies before `head` is
    /// dropped in bulk.
    private var turns: [ObjectIdentifier] = []
    private var head = 0

    nonisolated init() {}

    var isEmpty: Bool { count == 0 }

    mutating func append(_ entry: WaitEntry<Grant>, in line: ObjectIdentifier) {
        if lines[line] == nil {
            lines[line] = WaitLine()
            turns.append(line)
        }
        lines[line]?.append(entry)
        count += 1
    }

    mutating func takeFirst() -> WaitEntry<Grant>? {
        while head < turns.count {
            let line = turns[head]
            head += 1
            if head >= 256 || head == turns.count {
                turns.removeFirst(head)
                head = 0
            }
            guard let entry = lines[line]?.takeFirst() else {
                lines[line] = nil
                continue
            }
            count -= 1
            if lines[line]?.isEmpty == false { turns.append(line) } else { lines[line] = nil }
            return entry
        }
        return nil
    }

    mutating func takeAll() -> [WaitEntry<Grant>] {
        var all: [WaitEntry<Grant>] = []
        while let entry = takeFirst() { all.append(entry) }
        return all
    }

    /// Does nothing if it was taken before.
    mutating func leave(_ entry: WaitEntry<Grant>, in line: ObjectIdentifier) {
        guard let before = lines[line]?.count else { return }
        lines[line]?.leave(entry)
        count -= before - (lines[line]?.count ?? 0)
    }
}
