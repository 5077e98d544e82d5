/// A timer that is due once. Made and cancelled by a `LoopClock`.
@EventLoopActor
package final class LoopTimer {
    package nonisolated let deadline: MonotonicTime
    fileprivate nonisolated(unsafe) var action: (@EventLoopActor () -> Void)?  // guarantee: as heapIndex
    // Guarantee: read and written by the heap that holds the timer, which lives on the loop.
    fileprivate nonisolated(unsafe) var heapIndex = -1

    package init(deadline: MonotonicTime, action: @escaping @EventLoopActor () -> Void) {
        self.deadline = deadline
        self.action = action
    }
}

/// Timers in order of their deadlines, and of their insertion where these are the same.
///
/// A timer knows its place, so that cancelling costs no more than firing: nearly every timer here (a job's deadline, a
/// call's limit) is cancelled long before it is due.
package struct TimerHeap {
    /// What is compared lies side by side, and not with the timers.
    private struct Entry {
        let deadline: MonotonicTime
        let number: UInt64
        let timer: LoopTimer

        func isBefore(_ other: Entry) -> Bool {
            deadline == other.deadline ? number < other.number : deadline < other.deadline
        }
    }

    private var entries: [Entry] = []
    private var lastNumber: UInt64 = 0

    package init() {}

    package var nextDeadline: MonotonicTime? { entries.first?.deadline }

    package mutating func insert(_ timer: LoopTimer) {
        lastNumber += 1
        timer.heapIndex = entries.count
        entries.append(Entry(deadline: timer.deadline, number: lastNumber, timer: timer))
        siftUp(from: entries.count - 1)
    }

    /// Does nothing for a timer that has fired or was removed before.
    package mutating func remove(_ timer: LoopTimer) {
        let index = timer.heapIndex
        guard index >= 0, index < entries.count, entries[index].timer === timer else { return }
        removeEntry(at: index)
        timer.action = nil
    }

    /// Takes out the earliest timer if it is due, and returns what it was to do.
    package mutating func popDue(at time: MonotonicTime) -> (@EventLoopActor () -> Void)? {
        guard let first = entries.first, first.deadline <= time else { return nil }
        removeEntry(at: 0)
        defer { first.timer.action = nil }
        return first.timer.action
    }

    private mutating func removeEntry(at index: Int) {
        entries[index].timer.heapIndex = -1
        let last = entries.removeLast()
        guard index < entries.count else { return }
        place(last, at: index)
        siftDown(from: index)
        siftUp(from: last.timer.heapIndex)
    }

    private mutating func place(_ entry: Entry, at index: Int) {
        entries[index] = entry
        entry.timer.heapIndex = index
    }

    private mutating func siftUp(from start: Int) {
        let entry = entries[start]
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard entry.isBefore(entries[parent]) else { break }
            place(entries[parent], at: index)
            index = parent
        }
        place(entry, at: index)
    }

    private mutating func siftDown(from start: Int) {
        let entry = entries[start]
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < entries.count else { break }
            if child + 1 < entries.count, entries[child + 1].isBefore(entries[child]) { child += 1 }
            guard entries[child].isBefore(entry) else { break }
            place(entries[child], at: index)
            index = child
        }
        place(entry, at: index)
    }
}
