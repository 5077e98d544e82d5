import EventLoop
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct BlockingThreadTests {
    @Test func actorRunsOnOneThreadOfItsOwn() async {
        let worker = Worker()
        let first = await worker.thread()
        #expect(first != UInt(pthread_self()))
        #expect(await worker.threadsOverAwaits() == Array(repeating: first, count: 3))
        for _ in 0..<20 { #expect(await worker.thread() == first) }
        let loops = await Task { @EventLoopActor in UInt(pthread_self()) }.value
        #expect(loops != first)
        await worker.stop()
    }

    @Test func threadBearsItsName() async throws {
        let worker = Worker()
        #expect(try await worker.threadName() == "blocking-test\n")
        await worker.stop()
    }

    @Test func callsFromManyTasksRunOneAtATime() async {
        let worker = Worker()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<200 { await worker.count() } }
            }
        }
        #expect(await worker.calls == 1600)
        await worker.stop()
    }

    @Test func stoppedThreadRunsWhatWasEnqueuedBefore() async {
        let worker = Worker()
        let tasks = await worker.enqueueThenStop(100)
        var threads: Set<UInt> = []
        for task in tasks { threads.insert(await task.value) }
        #expect(threads.count == 1)
    }

    @Test func stoppedThreadEnds() async {
        weak var thread: BlockingThread?
        do {
            let worker = Worker()
            thread = worker.executor
            await worker.stop()
        }
        while thread != nil { await Task.yield() }
    }

    @Test func pausingOffTheThreadTraps() async {
        await #expect(processExitsWith: .failure) {
            BlockingThread(name: "x").pause(for: .zero)
        }
    }

    @Test func pauseOfNoLengthReturns() async {
        let worker = Worker()
        await worker.pause(for: .zero)
        await worker.pause(for: .seconds(-1))
        await worker.stop()
    }
}

private actor Worker {
    nonisolated let executor = BlockingThread(name: "blocking-test")
    private(set) var calls = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func thread() -> UInt { UInt(pthread_self()) }

    func threadName() throws -> String { try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8) }

    func threadsOverAwaits() async -> [UInt] {
        var threads = [thread()]
        await Task.yield()
        threads.append(thread())
        await withCheckedContinuation { continuation in
            Task.detached { continuation.resume() }
        }
        threads.append(thread())
        return threads
    }

    func count() { calls += 1 }

    /// Each of the tasks is on the thread's list when `stop` is called, and none has begun: this call occupies it.
    func enqueueThenStop(_ count: Int) -> [Task<UInt, Never>] {
        let tasks = (0..<count).map { _ in Task { thread() } }
        executor.stop()
        return tasks
    }

    func pause(for duration: Duration) { executor.pause(for: duration) }

    func stop() { executor.stop() }
}
