import EventLoop
import TestSupport
import Testing

@testable import WeChat

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct CallLimitTests {
    private let limit = CallLimit(1)
    private let line = CallLine()

    /// The names of those that got a place, in order.
    private final class Log {
        var entries: [String] = []
    }

    private let log = Log()

    @Test func givesPlacesAtOnceWhileThereAreAny() async throws {
        let limit = CallLimit(2)
        try await limit.acquire(in: line, under: Interruption())
        try await limit.acquire(in: line, under: Interruption())
        let third = LoopTask { [line] in await Self.acquire(limit, line, under: Interruption()) }
        await runUntilIdle()
        #expect(third.value == nil)
        limit.release(line)
        #expect(try await third.outcome() == nil)
    }

    @Test func servesFirstWhoCameFirst() async throws {
        try await limit.acquire(in: line, under: Interruption())
        let names = (0..<1000).map { "\($0)" }
        for name in names { enter(name) }
        await runUntilIdle()
        #expect(log.entries == [])
        for count in 1...names.count {
            limit.release(line)
            await Task.yield()
            #expect(log.entries.count == count)
        }
        #expect(log.entries == names)
    }

    @Test func passesOverWhoWasInterrupted() async throws {
        try await limit.acquire(in: line, under: Interruption())
        let interruption = Interruption()
        enter("first")
        let second = LoopTask { [limit, line] in await Self.acquire(limit, line, under: interruption) }
        enter("third")
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .deadline)
        #expect(try await second.outcome()?.cause == .deadline)
        limit.release(line)
        limit.release(line)
        await runUntilIdle()
        #expect(log.entries == ["first", "third"])
    }

    /// The waiter is interrupted; before its task has run, the place is given to it; it leaves with an error. The place
    /// must go to the next one.
    @Test func losesNoPlaceToAWaiterThatWasInterruptedInTheSameTurn() async throws {
        try await limit.acquire(in: line, under: Interruption())
        let interruption = Interruption()
        let first = LoopTask { [limit, line] in await Self.acquire(limit, line, under: interruption) }
        await runUntilIdle()
        enter("second")
        await runUntilIdle()
        interruption.interrupt(.waits, cause: .handedOver)
        limit.release(line)
        #expect(try await first.outcome()?.cause == .handedOver)
        await runUntilIdle()
        #expect(log.entries == ["second"])
        limit.release(line)
        try await expectAFreePlace()
    }

    /// The reverse: who has been given the place keeps it, and is interrupted at its next step.
    @Test func keepsThePlaceThatCameBeforeTheInterruption() async throws {
        try await limit.acquire(in: line, under: Interruption())
        let interruption = Interruption()
        let waiter = LoopTask { [limit, line] in await Self.acquire(limit, line, under: interruption) }
        await runUntilIdle()
        limit.release(line)
        interruption.interrupt(.waits, cause: .handedOver)
        #expect(try await waiter.outcome() == nil)
    }

    @Test func doesNotWaitUnderAnInterruptionThatHasHappened() async throws {
        try await limit.acquire(in: line, under: Interruption())
        let interruption = Interruption()
        interruption.interrupt(.waits, cause: .handedOver)
        #expect(await Self.acquire(limit, line, under: interruption)?.cause == .handedOver)
        limit.release(line)
        try await expectAFreePlace()
    }

    @Test func givesNoPlaceAwayWhileItIsHeld() async throws {
        let limit = CallLimit(2)
        try await limit.acquire(in: line, under: Interruption())
        limit.isHeld = true
        let waiting = (0..<3).map { _ in LoopTask { [line] in await Self.acquire(limit, line, under: Interruption()) } }
        await runUntilIdle()
        limit.release(line)
        await runUntilIdle()
        #expect(waiting.allSatisfy { $0.value == nil })
        limit.isHeld = false
        #expect(try await waiting[0].outcome() == nil)
        #expect(try await waiting[1].outcome() == nil)
        await runUntilIdle()
        #expect(waiting[2].value == nil)
        limit.release(line)
        #expect(try await waiting[2].outcome() == nil)
    }

    /// An account that takes its time has all places when another one comes.
    @Test func givesThePlaceToTheLineWithTheFewestCallsUnderWay() async throws {
        let (limit, other) = (CallLimit(4), CallLine())
        for _ in 0..<4 { try await limit.acquire(in: line, under: Interruption()) }
        enter("slow 1", to: limit)
        enter("slow 2", to: limit)
        enter("quick 1", to: limit, in: other)
        enter("quick 2", to: limit, in: other)
        await runUntilIdle()
        for _ in 0..<3 {
            limit.release(line)
            await runUntilIdle()
        }
        #expect(log.entries == ["quick 1", "quick 2", "slow 1"])
        limit.release(line)
        await runUntilIdle()
    }

    /// Of four places, of which another line uses two: without this, a slow one has all four as soon as nobody waits.
    @Test func aLimitedLineHasItsPartOfThePlacesWhileOthersAreActive() async throws {
        let limit = CallLimit(4)
        let slow = CallLine()
        for _ in 0..<16 {
            for line in [line, slow] {
                #expect(limit.acquireAtOnce(in: line))
                limit.release(line)
            }
        }
        slow.isLimited = true
        #expect((0..<4).map { _ in limit.acquireAtOnce(in: slow) } == [true, true, false, false])
        let waiting = LoopTask { await Self.acquire(limit, slow, under: Interruption()) }
        await runUntilIdle()
        #expect((0..<3).map { _ in limit.acquireAtOnce(in: line) } == [true, true, false])
        limit.release(line)
        await runUntilIdle()
        #expect(waiting.value == nil)
        limit.release(slow)
        #expect(try await waiting.outcome() == nil)
    }

    @Test func aLimitedLineThatIsTheOnlyOneHasAllPlaces() {
        let limit = CallLimit(4)
        line.isLimited = true
        for _ in 0..<16 {
            #expect(limit.acquireAtOnce(in: line))
            limit.release(line)
        }
        #expect((0..<5).map { _ in limit.acquireAtOnce(in: line) } == [true, true, true, true, false])
    }

    /// With fewer places than accounts each has as many under way as the other: none.
    @Test(arguments: [1, 2])
    func lettingLinesTakeTurnsStarvesNone(places: Int) async throws {
        let limit = CallLimit(places)
        let lines = (0..<4).map { _ in CallLine() }
        for _ in 0..<places { try await limit.acquire(in: line, under: Interruption()) }
        for number in 0..<lines.count {
            for _ in 0..<3 {
                LoopTask { [log] in
                    _ = await Self.acquire(limit, lines[number], under: Interruption())
                    log.entries.append("\(number)")
                    await runUntilIdle()
                    limit.release(lines[number])
                }
            }
        }
        await runUntilIdle()
        for _ in 0..<places { limit.release(line) }
        for _ in 0..<30 { await runUntilIdle() }
        #expect(log.entries.count == 12)
        #expect(Set(log.entries.prefix(4)).count == 4)
    }

    private func expectAFreePlace() async throws {
        let task = LoopTask { [limit, line] in await Self.acquire(limit, line, under: Interruption()) }
        #expect(try await task.outcome() == nil)
    }

    private func enter(_ name: String) { enter(name, to: limit, in: line) }

    private func enter(_ name: String, to limit: CallLimit, in line: CallLine? = nil) {
        let line = line ?? self.line
        LoopTask { [log] in
            _ = await Self.acquire(limit, line, under: Interruption())
            log.entries.append(name)
        }
    }

    private static func acquire(
        _ limit: CallLimit, _ line: CallLine, under interruption: Interruption
    ) async -> Interrupted? {
        do {
            try await limit.acquire(in: line, under: interruption)
            return nil
        } catch { return error }
    }
}
