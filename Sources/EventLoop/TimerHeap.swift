/// A timer that is due once. Made and cancelled by a `LoopClock`.
@EventLoopActor
package final class LoopTimer {
    package nonisolated let deadline: MonotonicTime
    fileprivate nonisolated(unsafe) var action: (@EventLoopActor () -> Void)?  // guarantee: as heapIndex
    // Guarantee: read and written by the heap that holds the timer, which lives on the loop.
    fileprivate nonisolated(unsafe) var heapIndex = -1
    fileprivate nonisolated(unsafe) var number: UInt64 = 0  // guarantee: as heapIndex

    package init(deadline: MonotonicTime, action: @escaping @EventLoopActor () -> Void) {
        self.deadline = deadline
        self.action = action
    }

    fileprivate nonisolated func isBefore(_ other: LoopTimer) -> Bool {
        deadline == other.deadline ? number < other.number : deadline < other.deadline
    }
}

/// Timers in order of their deadlines, and of their insertion where these are the same. A timer knows its place, so that cancelling costs no more than firing: nearly
/// every timer here (a job's deadline, a call's limit) is cancelled long before it is due.
package struct TimerHeap {
    private var timers: [LoopTimer] = []
    private var lastNumber: UInt64 = 0

    package init() {}

    package var nextDeadline: MonotonicTime? { timers.first?.deadline }

    package mutating func insert(_ timer: LoopTimer) {
        lastNumber += 1
        timer.number = lastNumber
        timer.heapIndex = timers.count
        timers.append(timer)
        siftUp(from: timers.count - 1)
    }

    /// Does nothing for a timer that has fired or was removed before.
    package mutating func remove(_ timer: LoopTimer) {
        let index = timer.heapIndex
        guard index >= 0, index < timers.count, timers[index] === timer else { return }
        removeTimer(at: index)
        timer.action = nil
    }

    /// Takes out the earliest timer if it is due, and returns what it was to do.
    package mutating func popDue(at time: MonotonicTime) -> (@EventLoopActor () -> Void)? {
        guard let first = timers.first, first.deadline <= time else { return nil }
        removeTimer(at: 0)
        defer { first.action = nil }
        return first.action
    }

    private mutating func removeTimer(at index: Int) {
        timers[index].heapIndex = -1
        let last = timers.removeLast()
        guard index < timers.count else { return }
        place(last, at: index)
        siftDown(from: index)
        siftUp(from: last.heapIndex)
    }

    private mutating func place(_ timer: LoopTimer, at index: Int) {
        timers[index] = timer
        timer.heapIndex = index
    }

    private mutating func siftUp(from start: Int) {
        let timer = timers[start]
        var index = start
        while index > 0 {
            let parent = (index - 1) / 2
            guard timer.isBefore(timers[parent]) else { break }
            place(timers[parent], at: index)
            index = parent
        }
        place(timer, at: index)
    }

    private mutating func siftDown(from start: Int) {
        let timer = timers[start]
        var index = start
        while true {
            var child = 2 * index + 1
            guard child < timers.count else { break }
            if child + 1 < timers.count, timers[child + 1].isBefore(timers[child]) { child += 1 }
            guard timers[child].isBefore(timer) else { break }
            place(timers[child], at: index)
            index = child
        }
        place(timer, at: index)
    }
}
