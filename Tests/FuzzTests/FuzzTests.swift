import EventLoop
import Foundation
import TestSupport
import Testing

/// Whatever the bytes are: no crash, and each input is put in its class. `FUZZ_RECORDS` (5,000) is for how many inputs
/// of each decoder, `FUZZ_SEED` repeats a run. With AddressSanitizer (`Tests/run.sh --sanitize address`) it proves more.
@Suite @EventLoopActor struct FuzzTests {
    private static let records = number("FUZZ_RECORDS") ?? 5000
    private static let seed = number("FUZZ_SEED") ?? Int.random(in: 0...Int.max)

    @Test(arguments: [FuzzTargetName.job, .answer, .credentials])
    func generatedRecordsAreClassified(name: FuzzTargetName) throws {
        // Before the first one, since a crash says nothing more.
        print("fuzz \(name): FUZZ_SEED=\(Self.seed) FUZZ_RECORDS=\(Self.records)")
        let target = name.make()
        var generator = RecordGenerator(shape: try #require(RecordShape.of(name)), seed: UInt64(Self.seed))
        var counts: [RecordGenerator.Hostility: [Verdict: Int]] = [:]
        for index in 0..<Self.records {
            let hostility = Self.hostility(at: index)
            let verdict = try target.classify(generator.next(hostility), "record \(index), \(hostility)")
            counts[hostility, default: [:]][verdict, default: 0] += 1
        }
        for hostility in RecordGenerator.Hostility.allCases {
            let (accepted, refused) = (counts[hostility]?[.accepted] ?? 0, counts[hostility]?[.refused] ?? 0)
            print("fuzz \(name): \(hostility): \(accepted) accepted, \(refused) refused")
            #expect(refused > 0, "\(hostility) is harmless")
            #expect(accepted > 0 || hostility == .noise, "\(hostility) is always refused: it does not reach far")
        }
    }

    @Test func generatedMetadataIsClassified() throws {
        print("fuzz ledger: FUZZ_SEED=\(Self.seed) FUZZ_RECORDS=\(Self.records)")
        let target = FuzzTargetName.ledger.make()
        var generator = MetadataGenerator(seed: UInt64(Self.seed))
        var counts: [Verdict: Int] = [:]
        for index in 0..<Self.records {
            counts[try target.classify(generator.next(), "metadata \(index)"), default: 0] += 1
        }
        let (accepted, refused) = (counts[.accepted] ?? 0, counts[.refused] ?? 0)
        print("fuzz ledger: \(accepted) accepted, \(refused) refused")
        #expect(accepted > 0 && refused > 0)
    }

    @Test(arguments: FuzzTargetName.allCases)
    func corpusIsClassified(name: FuzzTargetName) throws {
        let folder = URL(filePath: "\(PackageFolder.path)/Tests/FuzzTests/Corpus/\(name)")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let target = name.make()
        _ = try target.classify([], "nothing")
        let verdicts = try files.map { try target.classify(Array(Data(contentsOf: $0)), $0.lastPathComponent) }
        #expect(Set(verdicts) == [.accepted, .refused])
    }

    /// Long ones take the time of hundreds, so that they are few.
    private static func hostility(at index: Int) -> RecordGenerator.Hostility {
        if index % 50 == 0 { return .length }
        if index % 50 == 1 { return .nesting }
        let others = RecordGenerator.Hostility.allCases.filter { $0 != .length && $0 != .nesting }
        return others[index % others.count]
    }

    private static func number(_ variable: String) -> Int? {
        ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
    }
}

extension FuzzTarget {
    fileprivate func classify(_ input: [UInt8], _ origin: @autoclosure () -> String) throws -> Verdict {
        do { return try run(input) } catch {
            let shown = input.count <= 4096 ? Data(input).base64EncodedString() : "of \(input.count) bytes"
            Issue.record("\(origin()): \(error); the input, in base64: \(shown)")
            throw error
        }
    }
}
