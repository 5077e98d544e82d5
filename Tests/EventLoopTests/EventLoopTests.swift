import EventLoop
import Glibc
import TestSupport
import Testing

/// The process's one loop, with real descriptors and threads.
@Suite(.timeLimit(.minutes(1))) @EventLoopActor struct EventLoopTests {
    @EventLoopActor
    private final class Log {
        var entries: [String] = []
    }

    private let log = Log()
    private let loop = EventLoop.shared

    // MARK: Whose thread

    @Test func isolatedCodeRunsOnTheLoopsThread() {
        #expect(loop.isCurrent)
        loop.checkIsolated()
        #expect(EventLoopActor.assumeOnLoop { loop.isCurrent })
    }

    @Test nonisolated func otherThreadsAreNotTheLoops() async {
        let isCurrent = await Task.detached { EventLoop.shared.isCurrent }.value
        #expect(!isCurrent)
    }

    @Test nonisolated func assumingTheLoopElsewhereTraps() async {
        await #expect(processExitsWith: .failure) {
            EventLoopActor.assumeOnLoop {}
        }
    }

    @Test func taskOfTheLoopStaysThereOverEveryAwait() async {
        let finished = Waiter()
        EventLoopActor.startTask { [log, loop] in
            log.entries.append("begun \(loop.isCurrent)")
            await withCheckedContinuation { continuation in continuation.resume() }
            log.entries.append("resumed here \(loop.isCurrent)")
            await withCheckedContinuation { continuation in
                Task.detached { continuation.resume() }
            }
            log.entries.append("resumed elsewhere \(loop.isCurrent)")
            let elsewhere = await Task.detached { EventLoop.shared.isCurrent }.value
            log.entries.append("after a task \(loop.isCurrent) \(elsewhere)")
            await Task.yield()
            log.entries.append("after a yield \(loop.isCurrent)")
            finished.resume()
        }
        try? await finished.wait(.waits, under: nil)
        #expect(
            log.entries == [
                "begun true", "resumed here true", "resumed elsewhere true", "after a task true false",
                "after a yield true",
            ])
    }

    @Test func postedWorkRunsLaterInOrder() async {
        for number in 1...3 { EventLoopActor.post { [log] in log.entries.append("\(number)") } }
        #expect(log.entries == [])
        await runUntilIdle()
        #expect(log.entries == ["1", "2", "3"])
    }

    @Test func workFromManyThreadsRunsWholeAndEachThreadsInOrder() async {
        let (threads, each) = (8, 500)
        let finished = Waiter()
        for thread in 0..<threads {
            Task.detached { [log] in
                for number in 0..<each {
                    EventLoopActor.post {
                        log.entries.append("\(thread) \(number) \(EventLoop.shared.isCurrent)")
                        if log.entries.count == threads * each { finished.resume() }
                    }
                }
            }
        }
        try? await finished.wait(.waits, under: nil)
        for thread in 0..<threads {
            let own = log.entries.filter { $0.hasPrefix("\(thread) ") }
            #expect(own == (0..<each).map { "\(thread) \($0) true" })
        }
    }

    // MARK: Descriptors

    @Test func readableDescriptorCallsItsHandlerUntilItIsUnregistered() async {
        let pipe = Pipe()
        let heard = Waiter()
        loop.register(pipe.output, for: .read) { [log, loop] readiness in
            log.entries.append("\(pipe.read()) \(readiness.isReadable) \(readiness.isError) \(loop.isCurrent)")
            if log.entries.count == 2 { heard.resume() } else { pipe.write("b") }
        }
        pipe.write("a")
        try? await heard.wait(.waits, under: nil)
        loop.unregister(pipe.output)
        loop.unregister(pipe.output)
        pipe.write("c")
        await turn()
        #expect(log.entries == ["a true false true", "b true false true"])
        pipe.close()
    }

    @Test func laterRegistrationTakesTheDescriptorOver() async {
        let pipe = Pipe()
        let heard = Waiter()
        loop.register(pipe.output, for: .read) { [log] _ in log.entries.append("old") }
        loop.register(pipe.output, for: .read) { [log] _ in
            log.entries.append("new \(pipe.read())")
            heard.resume()
        }
        pipe.write("a")
        try? await heard.wait(.waits, under: nil)
        #expect(log.entries == ["new a"])
        loop.unregister(pipe.output)
        pipe.close()
    }

    @Test func writableDescriptorIsAnnouncedOnlyToThoseWhoAskForIt() async {
        let pipe = Pipe()
        loop.register(pipe.input, for: .read) { [log] _ in log.entries.append("read") }
        await turn()
        #expect(log.entries == [])
        let heard = Waiter()
        loop.register(pipe.input, for: .write) { [log, loop] readiness in
            log.entries.append("write \(readiness.isWritable) \(readiness.isReadable)")
            loop.unregister(pipe.input)
            heard.resume()
        }
        try? await heard.wait(.waits, under: nil)
        #expect(log.entries == ["write true false"])
        pipe.close()
    }

    @Test func closedPeerIsAnErrorThatReadsAsReadable() async {
        let pipe = Pipe()
        let heard = Waiter()
        loop.register(pipe.output, for: .read) { [log, loop] readiness in
            log.entries.append("\(readiness.isReadable) \(readiness.isError)")
            loop.unregister(pipe.output)
            heard.resume()
        }
        pipe.closeInput()
        try? await heard.wait(.waits, under: nil)
        #expect(log.entries == ["true true"])
        pipe.closeOutput()
    }

    // MARK: Timers

    @Test func timersFireInOrderAndCancelledOnesNever() async {
        let clock = SystemClock.shared
        let fired = Waiter()
        let before = MonotonicTime.current
        _ = clock.schedule(after: .milliseconds(20)) { fired.resume() }
        _ = clock.schedule(after: .milliseconds(2)) { [log] in log.entries.append("2") }
        let cancelled = clock.schedule(after: .milliseconds(3)) { [log] in log.entries.append("cancelled") }
        _ = clock.schedule(after: .milliseconds(1)) { [log, loop] in
            log.entries.append("1 \(loop.isCurrent)")
            clock.cancel(cancelled)
        }
        _ = clock.schedule(after: .seconds(-1)) { [log] in log.entries.append("overdue") }
        try? await fired.wait(.waits, under: nil)
        #expect(log.entries == ["overdue", "1 true", "2"])
        // The turn's time may be older than `before` by what the turn has taken so far.
        #expect(MonotonicTime.current - before > .milliseconds(10))
    }

    /// Lets the loop look at its descriptors once more.
    private func turn() async {
        let fired = Waiter()
        _ = SystemClock.shared.schedule(after: .milliseconds(1)) { fired.resume() }
        try? await fired.wait(.waits, under: nil)
    }
}

/// A pipe whose ends never block.
private final class Pipe: Sendable {
    let output: Int32
    let input: Int32

    init() {
        var ends: [Int32] = [0, 0]
        precondition(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        (output, input) = (ends[0], ends[1])
    }

    func write(_ text: String) { _ = Glibc.write(input, text, text.utf8.count) }

    func read() -> String {
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = Glibc.read(output, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    func closeInput() { Glibc.close(input) }

    func closeOutput() { Glibc.close(output) }

    func close() {
        closeInput()
        closeOutput()
    }
}
