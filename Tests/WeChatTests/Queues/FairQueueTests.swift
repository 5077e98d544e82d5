import EventLoop
import Testing

@testable import WeChat

@Suite @EventLoopActor
struct FairQueueTests {
    private var queue = FairQueue<Int>()
    private let lines = (0..<3).map { _ in CallLine() }
    /// Line and number of each entry.
    private final class Names {
        var names: [ObjectIdentifier: String] = [:]
    }

    private let names = Names()
    private var entries: [String: WaitEntry<Int>] = [:]

    @Test mutating func letsTheLinesTakeTurns() {
        for number in 0..<3 { enter(0, number) }
        for number in 0..<2 { enter(1, number) }
        enter(2, 0)
        #expect(queue.count == 6)
        #expect(taken(4) == ["0-0", "1-0", "2-0", "0-1"])
        enter(2, 1)
        #expect(taken(4) == ["1-1", "0-2", "2-1"])
        #expect(queue.isEmpty)
    }

    @Test mutating func passesOverLinesThatAllHaveLeft() {
        for line in 0..<3 { enter(line, 0) }
        enter(1, 1)
        leave(0, 0)
        leave(1, 0)
        #expect(queue.count == 2)
        #expect(taken(3) == ["1-1", "2-0"])
        leave(1, 1)
        #expect(queue.count == 0)
        enter(0, 1)
        #expect(queue.takeAll().count == 1)
        #expect(queue.takeFirst() == nil)
    }

    @Test mutating func keepsItsCountOverManyTurns() {
        for number in 0..<2000 {
            enter(number % 3, number)
            if number % 2 == 1 { #expect(taken(1).count == 1) }
            #expect(queue.count == (number + 2) / 2)
        }
        #expect(taken(2000).count == 1000)
    }

    private mutating func enter(_ line: Int, _ number: Int) {
        let entry = WaitEntry<Int>()
        names.names[ObjectIdentifier(entry)] = "\(line)-\(number)"
        entries["\(line)-\(number)"] = entry
        queue.append(entry, in: ObjectIdentifier(lines[line]))
    }

    private mutating func leave(_ line: Int, _ number: Int) {
        guard let entry = entries["\(line)-\(number)"] else { return }
        queue.leave(entry, in: ObjectIdentifier(lines[line]))
    }

    private mutating func taken(_ count: Int) -> [String] {
        (0..<count).compactMap { _ in queue.takeFirst().flatMap { names.names[ObjectIdentifier($0)] } }
    }
}
