import EventLoop
import TestSupport
import Testing

@Suite @EventLoopActor struct TimerHeapTests {
    private final class Log {
        var fired: [Int] = []
    }

    private let log = Log()

    private func timer(_ name: Int, at nanoseconds: Int64) -> LoopTimer {
        LoopTimer(deadline: MonotonicTime(nanoseconds: nanoseconds)) { [log] in log.fired.append(name) }
    }

    private func fire(_ heap: inout TimerHeap, until nanoseconds: Int64) {
        while let action = heap.popDue(at: MonotonicTime(nanoseconds: nanoseconds)) { action() }
    }

    @Test func timersFireInOrderOfTheirDeadlinesOnceTheseAreReached() {
        var heap = TimerHeap()
        #expect(heap.nextDeadline == nil)
        for (name, deadline) in [30, 10, 50, 20, 40].enumerated() { heap.insert(timer(name, at: Int64(deadline))) }
        #expect(heap.nextDeadline == MonotonicTime(nanoseconds: 10))
        fire(&heap, until: 9)
        #expect(log.fired == [])
        fire(&heap, until: 30)
        #expect(log.fired == [1, 3, 0])
        #expect(heap.nextDeadline == MonotonicTime(nanoseconds: 40))
        fire(&heap, until: 100)
        #expect(log.fired == [1, 3, 0, 4, 2])
        #expect(heap.nextDeadline == nil)
    }

    @Test func timersOfOneDeadlineFireInTheOrderInWhichTheyWereSet() {
        var heap = TimerHeap()
        let early = (0..<100).map { timer($0, at: 5) }
        for timer in early { heap.insert(timer) }
        for index in stride(from: 0, to: 100, by: 7) { heap.remove(early[index]) }
        heap.insert(timer(-1, at: 4))
        fire(&heap, until: 5)
        #expect(log.fired == [-1] + (0..<100).filter { $0 % 7 != 0 })
    }

    @Test func removedTimerNeverFires() {
        var heap = TimerHeap()
        let timers = (0..<10).map { timer($0, at: Int64($0)) }
        for timer in timers { heap.insert(timer) }
        for index in [0, 4, 9, 4] { heap.remove(timers[index]) }
        fire(&heap, until: 100)
        #expect(log.fired == [1, 2, 3, 5, 6, 7, 8])
    }

    @Test func removingWhatHasFiredOrWasNeverSetChangesNothing() {
        var heap = TimerHeap()
        let first = timer(1, at: 1)
        heap.insert(first)
        heap.insert(timer(2, at: 2))
        fire(&heap, until: 1)
        heap.remove(first)
        heap.remove(timer(3, at: 3))
        fire(&heap, until: 2)
        #expect(log.fired == [1, 2])
    }

    @Test func timerSetByOneThatFiresIsKept() {
        var heap = TimerHeap()
        heap.insert(timer(1, at: 1))
        let action = heap.popDue(at: MonotonicTime(nanoseconds: 1))
        heap.insert(timer(2, at: 1))
        action?()
        fire(&heap, until: 1)
        #expect(log.fired == [1, 2])
    }

    /// A timer lives as long as its holder; what its action holds must not.
    @Test func actionsAreReleasedWhenTheyFireOrAreRemoved() {
        var heap = TimerHeap()
        weak var held: Log?
        let timers = (0..<2).map { _ in
            let object = Log()
            held = object
            return LoopTimer(deadline: MonotonicTime(nanoseconds: 1)) { _ = object }
        }
        heap.insert(timers[1])
        heap.remove(timers[1])
        #expect(held == nil)
        heap.insert(timers[0])
        fire(&heap, until: 1)
        #expect(timers.count == 2)
    }

    @Test func anySequenceOfInsertsAndRemovesIsThatOfASortedList() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        var heap = TimerHeap()
        var model: [(deadline: Int64, name: Int, timer: LoopTimer)] = []
        var expected: [Int] = []
        for name in 0..<20_000 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<6:
                let deadline = Int64.random(in: 0..<500, using: &generator)
                let timer = timer(name, at: deadline)
                heap.insert(timer)
                let place = model.firstIndex { $0.deadline > deadline } ?? model.count
                model.insert((deadline, name, timer), at: place)
            case 6..<9:
                guard let index = model.indices.randomElement(using: &generator) else { continue }
                heap.remove(model.remove(at: index).timer)
            default:
                let time = Int64.random(in: 0..<100, using: &generator)
                fire(&heap, until: time)
                expected += model.prefix { $0.deadline <= time }.map(\.name)
                model.removeAll { $0.deadline <= time }
            }
            try #require(heap.nextDeadline?.nanoseconds == model.first?.deadline, "seed \(seed)")
        }
        fire(&heap, until: .max)
        #expect(log.fired == expected + model.map(\.name), "seed \(seed)")
    }
}
