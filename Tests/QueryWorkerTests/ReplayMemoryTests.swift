import EventLoop
import Kafka
import TestSupport
import Testing

@testable import QueryWorker

/// A log in which every second offset is a marker, as workers leave it behind each of their transactions.
@Suite struct ReplayMemoryTests {
    private let partition = KafkaTopicPartition(topic: "dlt", partition: 0)

    private func memory(_ committed: [KafkaOffset] = [], end: Int64 = 100_000) throws -> ReplayMemory {
        try ReplayMemory(committed: committed, ranges: [partition: 0..<end], group: "g", bootstrapServers: "b")
    }

    /// A run over the letters at the even offsets before `end`.
    /// - Returns: false where it ended since the memory would be too large.
    private func run(
        _ memory: inout ReplayMemory, end: Int64, foreign: Set<Int64> = [], where isWanted: (Int64) -> Bool
    ) throws -> Bool {
        // What a run knows is what the one before has committed.
        memory = try self.memory(memory.offsets, end: end)
        for offset in stride(from: Int64(0), to: end, by: 2) {
            if foreign.contains(offset) {
                memory.pass(offset, of: partition, isOpen: false)
            } else if memory.isReplayed(offset, of: partition) {
                memory.pass(offset, of: partition, isOpen: false)
            } else if !isWanted(offset) {
                memory.pass(offset, of: partition, isOpen: true)
            } else if !memory.remember(offset, of: partition) {
                return false
            }
        }
        return true
    }

    @Test func allThatIsReplayedAndMarkersBetweenBecomeOneRange() throws {
        var memory = try memory()
        let isDone1 = try run(&memory, end: 400) { $0 % 4 == 2 }
        #expect(isDone1)
        #expect(memory.offsets.first?.metadata != "r1:")
        #expect(!memory.isReplayed(4, of: partition))
        let isDone2 = try run(&memory, end: 400) { _ in true }
        #expect(isDone2)
        #expect(memory.offsets == [KafkaOffset(partition, offset: 399, metadata: "r1:")])
    }

    @Test func foreignAndCutOnesBetweenNeedNoPlaceOfTheirOwn() throws {
        let foreign = Set((0..<10_000).map { Int64($0 * 4) })
        var memory = try memory()
        let isDone3 = try run(&memory, end: 40_000, foreign: foreign) { _ in true }
        #expect(isDone3)
        #expect(memory.offsets == [KafkaOffset(partition, offset: 39_999, metadata: "r1:")])
    }

    /// The advice that goes with it: replay what lies between.
    @Test func fullMemoryIsEmptiedByReplayingWhatLiesBetween() throws {
        var memory = try memory()
        let isDone4 = try run(&memory, end: 40_000) { $0 % 4 == 2 }
        #expect(!isDone4)
        let isDone5 = try run(&memory, end: 40_000) { $0 % 4 == 2 }
        #expect(!isDone5)
        let isDone6 = try run(&memory, end: 40_000) { _ in true }
        #expect(isDone6)
        #expect(memory.offsets == [KafkaOffset(partition, offset: 39_999, metadata: "r1:")])
    }

    /// Whatever the runs ask for: each letter once, and what is remembered is what was replayed.
    @Test func holdsEachReplayedLetterAndNoOther() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            var memory = try memory()
            var replayed: Set<Int64> = []
            let foreign = Set(
                (0..<60).filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }.map { Int64($0 * 2) })
            for _ in 0..<4 {
                let wanted = Set((0..<60).filter { _ in Bool.random(using: &generator) }.map { Int64($0 * 2) })
                let isDone7 = try run(&memory, end: 120, foreign: foreign) { wanted.contains($0) }
                #expect(isDone7)
                replayed.formUnion(wanted.subtracting(foreign))
                let letters = stride(from: Int64(0), to: 120, by: 2).filter { !foreign.contains($0) }
                #expect(letters.filter { memory.isReplayed($0, of: partition) } == replayed.sorted(), "seed \(seed)")
            }
        }
    }

    @Test func onlyOldLettersOfAPartitionOfWhichNothingIsKnownMayHaveBeenForgotten() throws {
        let limit = WallTime(millisecondsSince1970: 1_000_000)
        let older = WallTime(millisecondsSince1970: 999_999)
        var memory = try memory()
        #expect(memory.mayHaveForgotten(partition, oldest: older, limit: limit))
        #expect(!memory.mayHaveForgotten(partition, oldest: limit, limit: limit))
        memory.begin(partition)
        #expect(!memory.mayHaveForgotten(partition, oldest: older, limit: limit))
        // Also in the next run, though nothing was replayed.
        memory = try self.memory(memory.offsets)
        #expect(!memory.mayHaveForgotten(partition, oldest: older, limit: limit))
    }

    @Test func memoryOfMoreThanThePartitionHoldsIsRefused() throws {
        #expect(throws: ReplayFailure.self) {
            try memory([KafkaOffset(partition, offset: 5, metadata: "r1:")], end: 4)
        }
        _ = try memory([KafkaOffset(partition, offset: 4, metadata: "r1:")], end: 4)
    }
}
