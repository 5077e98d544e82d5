import EventLoop
import Testing

@Suite(.timeLimit(.minutes(1))) @EventLoopActor
struct TaskPoolTests {
    /// Counts the tasks that operations run in.
    private final class Tasks {
        var seen: Set<Int> = []
        var ended = 0

        func note() { withUnsafeCurrentTask { task in _ = seen.insert(task.hashValue) } }
    }

    private let pool = TaskPool()
    private let tasks = Tasks()

    @Test func anIdleTaskHoldsNothingOfWhatItRan() async throws {
        weak var witness: Tasks?
        let ended = Waiter()
        do {
            let held = Tasks()
            witness = held
            pool.start {
                held.note()
                await Task.yield()
                ended.resume()
            }
        }
        try await ended.wait(.everything, under: nil)
        for _ in 0..<5 { await Task.yield() }
        #expect(witness == nil)
        pool.close()
    }

    @Test func usesATaskAgain() async throws {
        for count in 1...100 {
            let ended = Waiter()
            pool.start { [tasks] in
                tasks.note()
                await Task.yield()
                tasks.ended += 1
                ended.resume()
            }
            try await ended.wait(.everything, under: nil)
            // Its task has more to do before it is idle.
            await Task.yield()
            #expect(tasks.ended == count)
        }
        #expect(tasks.seen.count == 1)
        pool.close()
    }

    @Test func startsAsManyAsThereAreOperationsAtOnce() async throws {
        let gate = Waiter()
        let ended = Waiter()
        for _ in 0..<10 {
            pool.start { [tasks] in
                tasks.note()
                if tasks.seen.count == 10 { gate.resume() }
                while tasks.seen.count < 10 { await Task.yield() }
                tasks.ended += 1
                if tasks.ended == 10 { ended.resume() }
            }
        }
        try await gate.wait(.everything, under: nil)
        try await ended.wait(.everything, under: nil)
        #expect(tasks.seen.count == 10)
        pool.close()
    }

    /// Closed while an operation is under way: it ends by itself, and its task after it.
    @Test func endsItsTasks() async throws {
        final class Witness {}
        var witness: Witness? = Witness()
        weak let remaining = witness
        let began = Waiter()
        let goOn = Waiter()
        let ended = Waiter()
        pool.start { [witness] in
            began.resume()
            try? await goOn.wait(.everything, under: nil)
            withExtendedLifetime(witness) { ended.resume() }
        }
        witness = nil
        try await began.wait(.everything, under: nil)
        pool.close()
        goOn.resume()
        try await ended.wait(.everything, under: nil)
        await Task.yield()
        #expect(remaining == nil)
    }
}
