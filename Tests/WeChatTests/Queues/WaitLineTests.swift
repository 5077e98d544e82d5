import EventLoop
import Testing

@testable import WeChat

@Suite @EventLoopActor
struct WaitLineTests {
    @Test func givesThemInTheirOrderWithoutThoseThatHaveLeft() {
        var line = WaitLine<Int>()
        let entries = (0..<1000).map { _ in WaitEntry<Int>() }
        for entry in entries { line.append(entry) }
        for index in entries.indices where !index.isMultiple(of: 3) { line.leave(entries[index]) }
        #expect(line.count == 334)
        for index in stride(from: 0, to: 1000, by: 3) {
            #expect(line.takeFirst() === entries[index])
            // Taken before.
            line.leave(entries[index])
        }
        #expect(line.isEmpty)
        #expect(line.takeFirst() == nil)
        line.append(entries[1])
        #expect(line.count == 1)
        #expect(line.takeFirst() === entries[1])
    }

    @Test func keepsItsCountWhateverTheOrder() {
        var line = WaitLine<Int>()
        var waiting: [WaitEntry<Int>] = []
        for round in 0..<5000 {
            if round % 3 < 2 {
                let entry = WaitEntry<Int>()
                line.append(entry)
                waiting.append(entry)
            } else if round % 2 == 0 {
                #expect(line.takeFirst() === waiting.removeFirst())
            } else {
                line.leave(waiting.remove(at: waiting.count / 2))
            }
            #expect(line.count == waiting.count)
        }
        for entry in waiting { #expect(line.takeFirst() === entry) }
    }
}
